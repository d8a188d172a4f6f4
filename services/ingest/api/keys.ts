import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { VigiaError } from '../../../core/errors.ts'

export const roles = ['send', 'analyst', 'admin'] as const

/** `send` may send alerts; `analyst` may also command; `admin` may all. */
export type Role = (typeof roles)[number]

/** A key as it is kept: never itself, only its sha256 (32 random bytes need no slow hash). */
export type ApiKey = {
  /** The actor that commands are recorded under. */
  readonly name: string
  readonly tenant: string
  readonly role: Role
  readonly sha256: Buffer
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * The keys of the setting `VIGIA_API_KEYS`: lines `name tenant role sha256`; blank lines and those that begin with `#`
 * are passed over. Throws `VIG_CONFIG_INVALID` with all bad lines by their number; what stands in a line is not told.
 */
export function keysOf(text: string): readonly ApiKey[] {
  const problems: string[] = []
  const names = new Set<string>()
  const keys = text.split(/\r?\n/).flatMap((line, index): ApiKey[] => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return []
    const read = keyOf(line)
    const wrong =
      typeof read === 'string' ? read : names.has(read.name) ? 'the name stands in an earlier line' : undefined
    if (wrong !== undefined) problems.push(`VIGIA_API_KEYS line ${index + 1}: ${wrong}`)
    if (typeof read === 'string') return []
    names.add(read.name)
    return [read]
  })
  if (problems.length > 0) {
    throw new VigiaError('VIG_CONFIG_INVALID', problems.join('\n'), { problems: problems.length })
  }
  return keys
}

function keyOf(line: string): ApiKey | string {
  const [name = '', tenant = '', role = '', sha256 = '', ...more] = line.trim().split(/\s+/)
  const known = roles.find(each => each === role)
  if (sha256 === '' || more.length > 0) return 'expected four words: name tenant role sha256'
  if (!namePattern.test(name)) return 'the name is not up to 64 letters, digits, ".", "_" or "-"'
  if (!namePattern.test(tenant)) return 'the tenant is not up to 64 letters, digits, ".", "_" or "-"'
  if (known === undefined) return `the role is not one of ${roles.join(', ')}`
  if (!/^[0-9a-f]{64}$/i.test(sha256)) return 'the sha256 is not 64 hexadecimal digits'
  return { name, tenant, role: known, sha256: Buffer.from(sha256, 'hex') }
}

/** A new key, which is shown once, and the line for `VIGIA_API_KEYS`, which does not hold it. Throws as `keysOf` does. */
export function createKey(name: string, tenant: string, role: Role): { readonly key: string; readonly line: string } {
  const key = `vgk_${randomBytes(32).toString('base64url')}`
  const line = `${name} ${tenant} ${role} ${sha256Of(key).toString('hex')}`
  keysOf(line)
  return { key, line }
}

/** Whose key an `Authorization: Bearer` header holds. Compares with every key, each in constant time. Contract TheHive 1.2. */
export function holderOf(keys: readonly ApiKey[], authorization: string | undefined): ApiKey | undefined {
  const given = /^Bearer (\S+) *$/.exec(authorization ?? '')?.[1]
  if (given === undefined) return undefined
  const sha256 = sha256Of(given)
  return keys.filter(key => timingSafeEqual(key.sha256, sha256))[0]
}

/** What a role may do beside sending alerts, which every key may. */
export function mayCommand(key: ApiKey): boolean {
  return key.role !== 'send'
}

function sha256Of(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
