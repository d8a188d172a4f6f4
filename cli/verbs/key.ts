import { createKey, type Role, roles } from '../../services/ingest/api/keys.ts'
import { textFlag, UsageError, type Verb } from '../verb.ts'

/** Makes an API key: shown this once, kept nowhere; the API is given the line, which does not hold it. */
export const key: Verb = {
  name: 'key',
  usage: 'create NAME [--tenant T] [--role send|analyst|admin]',
  summary: 'makes an API key',
  words: 2,
  options: { tenant: { type: 'string' }, role: { type: 'string' } },
  async run([what, name], flags, io) {
    if (what !== 'create') throw new UsageError('say create')
    if (name === undefined) throw new UsageError('NAME is missing')
    const tenant = textFlag(flags, 'tenant') ?? 'default'
    const role = roleFrom(textFlag(flags, 'role') ?? 'send')
    const made = createKey(name, tenant, role)
    if (flags.json === true) io.out(JSON.stringify({ name, tenant, role, ...made }))
    else {
      io.out(`key   ${made.key}`)
      io.out(`line  ${made.line}`)
      io.err('The key is shown this once. Put the line into the file that VIGIA_API_KEYS_FILE of ingest names.')
    }
    return 0
  },
}

function roleFrom(text: string): Role {
  const role = roles.find(each => each === text)
  if (role === undefined) throw new UsageError(`--role takes ${roles.join(', ')}, not ${text}`)
  return role
}
