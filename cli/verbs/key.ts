import { createKey, type Role, roles } from '../../services/ingest/api/keys.ts'
import { addKey, listKeys, removeKey } from '../keys-file.ts'
import { table } from '../table.ts'
import { type Flags, type Io, textFlag, UsageError, type Verb } from '../verb.ts'

/** API keys: each is shown once, when it is made, and kept nowhere; the API reads the lines, which do not hold them. */
export const key: Verb = {
  name: 'key',
  usage:
    'create NAME [--tenant T] [--role R] [--sources A,B] [--rate 50/s] [--burst N] [--file F] | list --file F | revoke NAME --file F',
  summary: 'makes API keys, lists and revokes those of a file',
  words: 2,
  options: {
    ...{ tenant: { type: 'string' }, role: { type: 'string' }, sources: { type: 'string' } },
    ...{ rate: { type: 'string' }, burst: { type: 'string' }, file: { type: 'string' } },
  },
  async run([what, name], flags, io) {
    if (what === 'create') return create(nameFrom(name), flags, io)
    if (what === 'list') return list(fileFrom(flags), flags, io)
    if (what === 'revoke') return revoke(nameFrom(name), fileFrom(flags), flags, io)
    throw new UsageError('say create, list or revoke')
  },
}

function create(name: string, flags: Flags, io: Io): 0 {
  const tenant = textFlag(flags, 'tenant') ?? 'default'
  const role = roleFrom(textFlag(flags, 'role') ?? 'send')
  const [sources, rate, burst] = [textFlag(flags, 'sources'), textFlag(flags, 'rate'), textFlag(flags, 'burst')]
  if (burst !== undefined && !/^\d+$/.test(burst)) throw new UsageError(`--burst takes a whole number, not ${burst}`)
  const made = createKey(name, tenant, role, {
    ...(sources === undefined ? {} : { sources: sources.split(',') }),
    ...(rate === undefined ? {} : { rate }),
    ...(burst === undefined ? {} : { burst: Number(burst) }),
  })
  const file = textFlag(flags, 'file')
  if (file !== undefined) addKey(file, made.line)
  if (flags.json === true) {
    io.out(JSON.stringify({ name, tenant, role, ...made, ...(file === undefined ? {} : { file }) }))
    return 0
  }
  io.out(`key   ${made.key}`)
  io.out(`line  ${made.line}`)
  io.err(
    file === undefined
      ? 'The key is shown this once. Put the line into the file that VIGIA_API_KEYS_FILE of ingest names.'
      : `The key is shown this once. Its line stands in ${file}; a running API takes it within seconds.`,
  )
  return 0
}

/** The beginning of a hash tells two keys apart, and is of no use to anybody. */
const shownOfHash = 8

function list(file: string, flags: Flags, io: Io): 0 {
  const rows = listKeys(file).map(({ name, tenant, role, sha256, sources, limit }) => ({
    ...{ name, tenant, role, sha256: `${sha256.toString('hex').slice(0, shownOfHash)}…` },
    ...{ sources: sources === null ? null : [...sources], perSecond: limit?.perSecond ?? null },
    burst: limit?.burst ?? null,
  }))
  if (flags.json === true) {
    io.out(JSON.stringify(rows))
    return 0
  }
  const cells = rows.map(row => [
    ...[row.name, row.tenant, row.role, row.sha256, row.sources?.join() ?? 'all'],
    row.perSecond === null ? 'no limit' : `${Number(row.perSecond.toFixed(3))}/s, ${row.burst} at once`,
  ])
  io.out(table(['name', 'tenant', 'role', 'sha256', 'sources', 'rate'], cells))
  return 0
}

function revoke(name: string, file: string, flags: Flags, io: Io): 0 | 3 {
  const isRevoked = removeKey(file, name)
  if (flags.json === true) io.out(JSON.stringify({ name, file, revoked: isRevoked }))
  else if (isRevoked) io.out(`${name} is revoked; a running API refuses it within seconds`)
  else io.err(`there is no key ${name} in ${file}`)
  return isRevoked ? 0 : 3
}

function nameFrom(name: string | undefined): string {
  if (name === undefined) throw new UsageError('NAME is missing')
  return name
}

function fileFrom(flags: Flags): string {
  const file = textFlag(flags, 'file')
  if (file === undefined) throw new UsageError('--file is missing: the file of the keys')
  return file
}

function roleFrom(text: string): Role {
  const role = roles.find(each => each === text)
  if (role === undefined) throw new UsageError(`--role takes ${roles.join(', ')}, not ${text}`)
  return role
}
