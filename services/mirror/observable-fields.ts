import { isIpv4 } from '../../core/observable/ip-address.ts'

/** Where ECS has a place for an observable: related values, the parties of an alert, and indicators. */

export type Seen = { readonly type: string; readonly value: string }
export type SeenAs = Seen & { readonly role: string }

type Fields = Readonly<Record<string, unknown>>

const algorithms: Readonly<Record<number, string>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
  96: 'sha384',
  128: 'sha512',
}
const mostRelated = 500

/** The values by which a SIEM finds all that tells of one thing. */
export function relatedOf(seen: readonly Seen[]): Fields {
  const values = (...types: readonly string[]) =>
    [...new Set(seen.filter(each => types.includes(each.type)).map(each => each.value))].slice(0, mostRelated)
  return {
    ip: values('ip'),
    hash: values('hash', 'imphash', 'ssdeep', 'tlsh', 'ja3', 'ja4'),
    hosts: values('hostname', 'fqdn', 'domain'),
    user: values('username'),
  }
}

/** Who did what to whom: each field has room for one, and the first that was found has it. */
export function partiesOf(seen: readonly SeenAs[]): Fields {
  const first = (types: readonly string[], ...roles: readonly string[]) =>
    seen.find(each => types.includes(each.type) && (roles.length === 0 || roles.includes(each.role)))?.value
  const hashes = seen.filter(each => each.type === 'hash').toReversed()
  return {
    source: { ip: first(['ip'], 'source') },
    destination: { ip: first(['ip'], 'target') },
    host: { name: first(['hostname', 'fqdn'], 'source', 'target', 'observer') },
    user: { name: first(['username']) },
    url: { full: first(['url']) },
    file: { name: first(['filename']), hash: Object.fromEntries(hashes.flatMap(each => hashField(each.value))) },
  }
}

/** The fields of `threat.indicator` that hold the value, and its type in ECS's own words. */
export function indicatorOf({ type, value }: Seen): Fields {
  const named = { name: value }
  switch (type) {
    case 'ip':
      return { type: isIpv4(value) ? 'ipv4-addr' : 'ipv6-addr', ip: value, ...named }
    case 'url':
      return { type: 'url', url: { full: value }, ...named }
    case 'domain':
    case 'fqdn':
    case 'hostname':
      return { type: 'domain-name', url: { domain: value }, ...named }
    case 'mail':
      return { type: 'email-addr', email: { address: value }, ...named }
    case 'hash':
      return { type: 'file', file: { hash: Object.fromEntries(hashField(value)) }, ...named }
    case 'filename':
    case 'file':
      return { type: 'file', file: { name: value }, ...named }
    case 'registry':
      return { type: 'windows-registry-key', registry: { path: value }, ...named }
    case 'autonomous-system':
      return { type: 'autonomous-system', as: { number: Number(/\d+/.exec(value)?.[0] ?? 0) }, ...named }
    case 'mac':
      return { type: 'mac-addr', ...named }
    case 'username':
      return { type: 'user-account', ...named }
    default:
      return { type: 'artifact', ...named }
  }
}

function hashField(value: string): [string, string][] {
  const algorithm = algorithms[value.length]
  return algorithm === undefined ? [] : [[algorithm, value]]
}
