import { type Normal, normalise } from './normalise.ts'
import type { ObservableType } from './types.ts'

/** MISP's digest types; a digest of something else than the file (imphash, ja3) is no `hash`, as it never equals one. */
const digests = 'md5 sha1 sha224 sha256 sha384 sha512 sha512/224 sha512/256 sha3-224 sha3-256 sha3-384 sha3-512'.split(
  ' ',
)
/** What tells a file by its likeness or its parts; those that are no type of ours are `other`. */
const likenesses: readonly (readonly [misp: string, type: ObservableType])[] = [
  ['ssdeep', 'ssdeep'],
  ['tlsh', 'tlsh'],
  ['imphash', 'imphash'],
  ...'impfuzzy authentihash vhash pehash'.split(' ').map(each => [each, 'other'] as const),
]

/** What MISP's attribute types hold, half by half where they are composite; null for a half that is no observable. */
const parts: Readonly<Record<string, readonly (ObservableType | null)[]>> = {
  'ip-src': ['ip'],
  'ip-dst': ['ip'],
  'ip-src|port': ['ip', null],
  'ip-dst|port': ['ip', null],
  domain: ['domain'],
  hostname: ['domain'],
  'domain|ip': ['domain', 'ip'],
  'hostname|port': ['domain', null],
  url: ['url'],
  uri: ['url'],
  link: ['url'],
  email: ['mail'],
  'email-src': ['mail'],
  'email-dst': ['mail'],
  'email-reply-to': ['mail'],
  'target-email': ['mail'],
  'whois-registrant-email': ['mail'],
  'email-subject': ['mail-subject'],
  filename: ['filename'],
  'email-attachment': ['filename'],
  'malware-sample': ['filename', 'hash'],
  attachment: ['filename'],
  regkey: ['registry'],
  'regkey|value': ['registry', null],
  'user-agent': ['user-agent'],
  'http-user-agent': ['user-agent'],
  AS: ['autonomous-system'],
  vulnerability: ['cve'],
  'mac-address': ['mac'],
  'target-user': ['username'],
  'github-username': ['username'],
  'pattern-in-traffic': ['regexp'],
  'ja3-fingerprint-md5': ['ja3'],
  iban: ['iban'],
  btc: ['btc'],
  ...Object.fromEntries(digests.map(each => [each, ['hash'] as const])),
  ...Object.fromEntries(digests.map(each => [`filename|${each}`, ['filename', 'hash'] as const])),
  ...Object.fromEntries(likenesses.map(([misp, type]) => [misp, [type] as const])),
  ...Object.fromEntries(likenesses.map(([misp, type]) => [`filename|${misp}`, ['filename', type] as const])),
}

/**
 * The observables of a MISP attribute, normalised; a composite (`domain|ip`, `filename|sha256`) gives several. Undefined
 * where the type is none of ours, or no part of the value fits it. Contract sections 2.3 and 2.5.
 */
export function observablesOfMisp(mispType: string, value: string): Normal[] | undefined {
  const types = typesOf(mispType)
  if (types === undefined) return undefined
  // MISP takes `1.2.3.4:80` and stores it with a bar; normalising drops the port in either case.
  const values = types.length === 1 ? [value] : splitAtLast(value)
  const found = types.flatMap((type, index) => (type === null ? [] : (normalise(type, values[index] ?? '') ?? [])))
  return found.length === 0 ? undefined : found
}

const mispTypes: Readonly<Record<Exclude<ObservableType, 'hash'>, string>> = {
  ip: 'ip-dst',
  cidr: 'ip-dst',
  domain: 'domain',
  fqdn: 'hostname',
  hostname: 'hostname',
  url: 'url',
  uri_path: 'uri',
  mail: 'email',
  'mail-subject': 'email-subject',
  filename: 'filename',
  file: 'filename',
  registry: 'regkey',
  'user-agent': 'user-agent',
  'autonomous-system': 'AS',
  cve: 'vulnerability',
  mac: 'mac-address',
  username: 'target-user',
  regexp: 'pattern-in-traffic',
  other: 'other',
  ssdeep: 'ssdeep',
  tlsh: 'tlsh',
  imphash: 'imphash',
  // MISP has one type for both sides of the handshake.
  ja3: 'ja3-fingerprint-md5',
  ja3s: 'ja3-fingerprint-md5',
  ja4: 'other',
  iban: 'iban',
  btc: 'btc',
  // Techniques are galaxies in MISP, and command lines are attributes of its process objects only.
  'mitre-technique': 'text',
  'command-line': 'text',
}
const digestByLength: Readonly<Record<number, string>> = {
  ...{ 32: 'md5', 40: 'sha1', 56: 'sha224', 64: 'sha256', 96: 'sha384', 128: 'sha512' },
}

/** The MISP attribute type to write an observable as; nothing is dropped, what MISP has no type for is `other`. */
export function toMisp(type: ObservableType, value: string): string {
  return type === 'hash' ? (digestByLength[value.length] ?? 'other') : mispTypes[type]
}

/** The types of observables that a MISP attribute type holds; an address may turn out a network, a domain an fqdn. */
export function observableTypesOfMisp(mispType: string): ObservableType[] {
  const types = (typesOf(mispType) ?? []).filter(type => type !== null)
  return types.flatMap((type): ObservableType[] => {
    if (type === 'domain') return ['domain', 'fqdn']
    if (type === 'ip') return ['ip', 'cidr']
    return [type]
  })
}

function typesOf(mispType: string): readonly (ObservableType | null)[] | undefined {
  return Object.hasOwn(parts, mispType) ? parts[mispType] : undefined
}

/** MISP allows one bar; where there are more, the last part has none of them. */
function splitAtLast(value: string): [string, string] {
  const bar = value.lastIndexOf('|')
  return bar === -1 ? [value, ''] : [value.slice(0, bar), value.slice(bar + 1)]
}
