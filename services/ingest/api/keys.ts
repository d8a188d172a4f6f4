import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { VigiaError } from '../../../core/errors.ts'
import type { RateLimit } from '../../../core/token-bucket.ts'

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
  /** The sources that it may send for; `null`: all of its tenant. */
  readonly sources: ReadonlySet<string> | null
  /** `null`: as fast as it can. */
  readonly limit: RateLimit | null
}

/** What a line says beyond its four words. */
export type KeyLimits = { readonly sources?: readonly string[]; readonly rate?: string; readonly burst?: number }

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * The keys of the setting `VIGIA_API_KEYS`: lines `name tenant role sha256 [sources=a,b] [rate=50/s] [burst=200]`; blank
 * lines and those that begin with `#` are passed over. Throws `VIG_CONFIG_INVALID` with all bad lines by their number; what
 * stands in a line is not told.
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
  if (sha256 === '') return 'expected four words: name tenant role sha256'
  if (!namePattern.test(name)) return `the name is not ${nameIs}`
  if (!namePattern.test(tenant)) return `the tenant is not ${nameIs}`
  if (known === undefined) return `the role is not one of ${roles.join(', ')}`
  if (!/^[0-9a-f]{64}$/i.test(sha256)) return 'the sha256 is not 64 hexadecimal digits'
  const limits = limitsOf(more)
  if (typeof limits === 'string') return limits
  return { name, tenant, role: known, sha256: Buffer.from(sha256, 'hex'), ...limits }
}

const nameIs = 'up to 64 letters, digits, ".", "_" or "-"'
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

function limitsOf(words: readonly string[]): Pick<ApiKey, 'sources' | 'limit'> | string {
  const given = new Map<string, string>()
  for (const word of words) {
    const [, what, value = ''] = /^(sources|rate|burst)=(.+)$/.exec(word) ?? []
    if (what === undefined) return 'behind the four words may stand sources=a,b rate=50/s burst=200'
    if (given.has(what)) return `${what} stands there twice`
    given.set(what, value)
  }
  const sources = given.get('sources')?.split(',')
  if (sources?.some(source => !namePattern.test(source))) return `a source is not ${nameIs}`
  const limit = rateOf(given.get('rate'), given.get('burst'))
  return typeof limit === 'string' ? limit : { sources: sources === undefined ? null : new Set(sources), limit }
}

function rateOf(rate: string | undefined, burst: string | undefined): RateLimit | null | string {
  if (rate === undefined) return burst === undefined ? null : 'there is a burst without a rate'
  const [, count, unit = ''] = /^(\d{1,9})\/([smh])$/.exec(rate) ?? []
  if (Number(count ?? 0) === 0) return 'the rate is not as in 50/s, 300/m or 1000/h'
  if (burst !== undefined && !/^[1-9]\d{0,8}$/.test(burst)) return 'the burst is not a whole number from 1 on'
  const perSecond = Number(count) / (secondsOf[unit] ?? 1)
  return { perSecond, burst: burst === undefined ? Math.max(1, Math.ceil(perSecond)) : Number(burst) }
}

/** A new key, which is shown once, and the line for `VIGIA_API_KEYS`, which does not hold it. Throws as `keysOf` does. */
export function createKey(
  name: string,
  tenant: string,
  role: Role,
  { sources, rate, burst }: KeyLimits = {},
): { readonly key: string; readonly line: string } {
  const key = `vgk_${randomBytes(32).toString('base64url')}`
  const words = [name, tenant, role, sha256Of(key).toString('hex')]
  if (sources !== undefined) words.push(`sources=${sources.join(',')}`)
  if (rate !== undefined) words.push(`rate=${rate}`)
  if (burst !== undefined) words.push(`burst=${burst}`)
  const line = words.join(' ')
  keysOf(line)
  return { key, line }
}

/** Whether the key may send for this source. */
export function maySendFor(key: ApiKey, source: string): boolean {
  return key.sources === null || key.sources.has(source)
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
