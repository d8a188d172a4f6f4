import { VigiaError } from '../errors.ts'
import { asciiName, suffixesOf } from './domain-name.ts'
import { hostOf } from './host.ts'
import { contains, type IpAddress, type IpNetwork, parseNetwork } from './ip-address.ts'
import type { ObservableFlag, ObservableType } from './types.ts'

/** The organisation's own networks and domains; made by `compileOwn`. */
export type Own = { readonly networks: readonly IpNetwork[]; readonly domains: ReadonlySet<string> }

/**
 * Ranges of the IANA registries of special-purpose addresses that lead to no host outside. The documentation ranges are
 * left out on purpose: demonstrations and tests use them as the attackers' addresses. So are those that hosts of the world
 * answer from (AMT, AS112, the anycast addresses of PCP and TURN).
 */
const ranges: readonly { readonly flag: ObservableFlag; readonly network: IpNetwork }[] = (
  [
    ['private', '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 198.18.0.0/15'],
    ['private', 'fc00::/7 fe80::/10 fec0::/10 64:ff9b:1::/48 2001:2::/48'],
    ['loopback', '127.0.0.0/8 ::1/128'],
    ['reserved', '0.0.0.0/8 192.0.0.0/24 192.88.99.0/24 224.0.0.0/4 240.0.0.0/4'],
    ['reserved', '::/128 100::/64 100:0:0:1::/64 2001:10::/28 5f00::/16 ff00::/8'],
  ] as const
).flatMap(([flag, texts]) => texts.split(' ').flatMap(text => ({ flag, network: parseNetwork(text) as IpNetwork })))

/**
 * IPv6 ranges with an address of IPv4 inside, which is where they lead: NAT64 (RFC 6052) and 6to4 (RFC 3056), each with
 * how many bits stand behind that address; Teredo (RFC 4380) has the client's address at its end, every bit turned over.
 */
const translated: readonly { readonly network: IpNetwork; readonly behind: number; readonly flip: bigint }[] = (
  [
    ['64:ff9b::/96', 0, 0n],
    ['64:ff9b:1::/48', 0, 0n],
    ['2002::/16', 80, 0n],
    ['2001::/32', 0, 0xffffffffn],
  ] as const
).map(([text, behind, flip]) => ({ network: parseNetwork(text) as IpNetwork, behind, flip }))

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
  for (const range of ranges)
    if (isWithin(network, range.network) && !flags.includes(range.flag)) flags.push(range.flag)
  if (own?.networks.some(each => isWithin(network, each))) flags.push('own')
  const inner = innerOf(network)
  if (inner === undefined) return flags
  return [...flags, ...flagsOfNetwork(inner, own).filter(flag => !flags.includes(flag))]
}

/** The address of IPv4 that a single address of IPv6 is translated to. */
function innerOf(network: IpNetwork): IpNetwork | undefined {
  if (network.version !== 6 || network.prefix !== 128) return undefined
  const found = translated.find(each => isWithin(network, each.network))
  if (found === undefined) return undefined
  const bits = ((network.bits >> BigInt(found.behind)) & 0xffffffffn) ^ found.flip
  return { version: 4, bits, prefix: 32 }
}

function flagsOfName(name: string, own: Own | undefined): ObservableFlag[] {
  const suffixes = [...suffixesOf(name)]
  const isPrivate = suffixes.length === 1 || suffixes.some(suffix => privateSuffixes.has(suffix))
  const isOwn = suffixes.some(suffix => own?.domains.has(suffix))
  return [...(isPrivate ? (['private'] as const) : []), ...(isOwn ? (['own'] as const) : [])]
}
