import { VigiaError } from '../errors.ts'
import { asciiName, suffixesOf } from './domain-name.ts'
import { hostOf } from './host.ts'
import { contains, type IpAddress, type IpNetwork, parseNetwork } from './ip-address.ts'
import type { ObservableFlag, ObservableType } from './types.ts'

/** The organisation's own networks and domains; made by `compileOwn`. */
export type Own = { readonly networks: readonly IpNetwork[]; readonly domains: ReadonlySet<string> }

/**
 * Ranges of RFC 6890 that lead nowhere outside. The documentation ranges are left out on purpose: demonstrations and
 * tests use them as the attackers' addresses.
 */
const ranges: readonly { readonly flag: ObservableFlag; readonly network: IpNetwork }[] = (
  [
    ['private', '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 fc00::/7 fe80::/10 fec0::/10'],
    ['loopback', '127.0.0.0/8 ::1/128'],
    ['reserved', '0.0.0.0/8 224.0.0.0/4 240.0.0.0/4 ::/128 ff00::/8'],
  ] as const
).flatMap(([flag, texts]) => texts.split(' ').flatMap(text => ({ flag, network: parseNetwork(text) as IpNetwork })))

const privateSuffixes: ReadonlySet<string> = new Set([
  ...['localhost', 'local', 'localdomain', 'internal', 'intranet', 'lan', 'home.arpa', 'corp', 'home'],
])

/** Hashes of no bytes at all: every empty file has them, so they tie nothing together. */
const emptyFiles: ReadonlySet<string> = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
])

/** Domains cover what is below them. Throws `VIG_CONFIG_INVALID` naming everything that is no CIDR or domain. */
export function compileOwn(own: { readonly networks: readonly string[]; readonly domains: readonly string[] }): Own {
  const bad: string[] = []
  const networks = own.networks.flatMap(text => {
    const network = parseNetwork(text.trim())
    if (network === undefined) bad.push(`own network ${JSON.stringify(text)} is no CIDR`)
    return network ?? []
  })
  const domains = own.domains.flatMap(text => {
    const domain = asciiName(text.trim().replace(/^\*?\./, ''))
    if (domain === undefined) bad.push(`own domain ${JSON.stringify(text)} is no domain`)
    return domain ?? []
  })
  if (bad.length > 0) throw new VigiaError('VIG_CONFIG_INVALID', bad.join('; '), { problems: bad.length })
  return { networks, domains: new Set(domains) }
}

/** Why a normalised observable is marked; urls and mail addresses take the flags of their host. Empty for most. */
export function flagsOf(
  { type, value }: { readonly type: ObservableType; readonly value: string },
  own?: Own,
): ObservableFlag[] {
  if (type === 'hash') return emptyFiles.has(value) ? ['empty-file'] : []
  if (type === 'cidr') return flagsOfNetwork(parseNetwork(value), own)
  const host = hostOf(type, value)
  if (host === undefined) return []
  return host.kind === 'ip' ? flagsOfNetwork(networkOf(host.ip), own) : flagsOfName(host.name, own)
}

function networkOf(ip: IpAddress): IpNetwork {
  return { version: ip.version, bits: ip.bits, prefix: ip.version === 4 ? 32 : 128 }
}

function isWithin(inner: IpNetwork, outer: IpNetwork): boolean {
  return inner.prefix >= outer.prefix && contains(outer, inner)
}

function flagsOfNetwork(network: IpNetwork | undefined, own: Own | undefined): ObservableFlag[] {
  if (network === undefined) return []
  const flags: ObservableFlag[] = []
  for (const range of ranges) if (isWithin(network, range.network)) flags.push(range.flag)
  return own?.networks.some(each => isWithin(network, each)) ? [...flags, 'own'] : flags
}

function flagsOfName(name: string, own: Own | undefined): ObservableFlag[] {
  const suffixes = [...suffixesOf(name)]
  const isPrivate = suffixes.length === 1 || suffixes.some(suffix => privateSuffixes.has(suffix))
  const isOwn = suffixes.some(suffix => own?.domains.has(suffix))
  return [...(isPrivate ? (['private'] as const) : []), ...(isOwn ? (['own'] as const) : [])]
}
