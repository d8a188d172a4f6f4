import { isHexDigit } from './char.ts'

/** IP addresses as numbers, so that one address has one spelling and a network is a range. */
export type IpAddress = { readonly version: 4 | 6; readonly bits: bigint }
/** `bits` has zeros after `prefix`. */
export type IpNetwork = IpAddress & { readonly prefix: number }

/**
 * Strict: four decimal octets without leading zeros (which are octal to some programs), or RFC 4291 text with any zone
 * id dropped. An IPv4-mapped IPv6 address is the IPv4 address.
 */
export function parseIp(text: string): IpAddress | undefined {
  if (text.length > 64) return undefined
  const bare = text.includes(':') ? text.replace(/%.*$/, '') : text
  const four = fourOf(bare)
  if (four !== undefined) return { version: 4, bits: four }
  if (!bare.includes(':')) return undefined
  const groups = sixOf(bare.toLowerCase())
  if (groups === undefined) return undefined
  const bits = joined(groups)
  return isMapped(groups) ? { version: 4, bits: bits & 0xffffffffn } : { version: 6, bits }
}

/** The canonical text: RFC 5952 for IPv6. */
export function formatIp({ version, bits }: IpAddress): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map(shift => (bits >> shift) & 0xffn).join('.')
  return sixText(Array.from({ length: 8 }, (_, at) => Number((bits >> BigInt(112 - at * 16)) & 0xffffn)))
}

/** The canonical text of an address as it is written: what `formatIp` makes of `parseIp`, without the numbers between. */
export function canonicalIp(text: string): string | undefined {
  if (text.length > 64) return undefined
  const bare = text.includes(':') ? text.replace(/%.*$/, '') : text
  if (isIpv4(bare)) return bare
  const groups = bare.includes(':') ? sixOf(bare.toLowerCase()) : undefined
  if (groups === undefined) return undefined
  if (!isMapped(groups)) return sixText(groups)
  const [high = 0, low = 0] = groups.slice(6)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

function sixText(groups: readonly number[]): string {
  const { start, length } = longestZeros(groups)
  const words = groups.map(group => group.toString(16))
  if (length < 2) return words.join(':')
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`
}

function isMapped(groups: readonly number[]): boolean {
  return groups.every((group, index) => index > 5 || group === (index === 5 ? 0xffff : 0))
}

/** A network in CIDR notation, its host bits cleared; an address alone is a network of one. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [address = '', length, ...more] = text.trim().split('/')
  const ip = parseIp(address)
  if (ip === undefined || more.length > 0) return undefined
  const size = ip.version === 4 ? 32 : 128
  if (length === undefined) return { ...ip, prefix: size }
  if (!/^\d{1,3}$/.test(length)) return undefined
  // ::ffff:192.0.2.0/120 is the IPv4 network /24.
  const prefix = ip.version === 4 && address.includes(':') ? Number(length) - 96 : Number(length)
  if (prefix < 0 || prefix > size) return undefined
  return { ...ip, bits: truncated(ip, prefix), prefix }
}

export function contains(network: IpNetwork, ip: IpAddress): boolean {
  if (network.version !== ip.version) return false
  const rest = BigInt((ip.version === 4 ? 32 : 128) - network.prefix)
  return ip.bits >> rest === network.bits >> rest
}

/** The address with the bits after `prefix` cleared. */
export function truncated({ version, bits }: IpAddress, prefix: number): bigint {
  const rest = BigInt((version === 4 ? 32 : 128) - prefix)
  return (bits >> rest) << rest
}

/** Whether a text is an IPv4 address as it is written canonically. */
export function isIpv4(text: string): boolean {
  return ipv4Number(text) !== undefined
}

/** The 32 bits of four decimal octets, unsigned; undefined for anything else. */
export function ipv4Number(text: string): number | undefined {
  const { length } = text
  if (length < 7 || length > 15) return undefined
  let bits = 0
  let octet = -1
  let dots = 0
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x2e) {
      if (octet < 0 || ++dots > 3) return undefined
      bits = bits * 256 + octet
      octet = -1
    } else if (code >= 0x30 && code <= 0x39) {
      // A leading zero makes it octal to some programs.
      if (octet === 0) return undefined
      octet = (octet < 0 ? 0 : octet * 10) + code - 0x30
      if (octet > 255) return undefined
    } else return undefined
  }
  return dots === 3 && octet >= 0 ? bits * 256 + octet : undefined
}

function fourOf(text: string): bigint | undefined {
  const number = ipv4Number(text)
  return number === undefined ? undefined : BigInt(number)
}

/** The eight groups of RFC 4291. */
function sixOf(text: string): readonly number[] | undefined {
  const gap = text.indexOf('::')
  if (gap === -1) {
    const groups = groupsOf(text, true)
    return groups?.length === 8 ? groups : undefined
  }
  if (text.includes('::', gap + 1)) return undefined
  const head = groupsOf(text.slice(0, gap), false)
  const tail = groupsOf(text.slice(gap + 2), true)
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

/** The last two groups of an address may be written as IPv4. */
function groupsOf(half: string, isEnd: boolean): number[] | undefined {
  if (half === '') return []
  const groups: number[] = []
  for (let start = 0; start <= half.length; ) {
    const colon = half.indexOf(':', start)
    const end = colon === -1 ? half.length : colon
    const four = isEnd && colon === -1 && end - start > 4 ? ipv4Number(half.slice(start, end)) : undefined
    const group = four === undefined ? groupOf(half, start, end) : four >>> 16
    if (group === undefined || groups.length === 8) return undefined
    groups.push(group)
    if (four !== undefined) groups.push(four & 0xffff)
    start = end + 1
  }
  return groups
}

/** One to four hex digits. */
function groupOf(text: string, start: number, end: number): number | undefined {
  if (end === start || end - start > 4) return undefined
  let number = 0
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (!isHexDigit(code)) return undefined
    number = number * 16 + (code > 0x39 ? code - 0x57 : code - 0x30)
  }
  return number
}

function joined(groups: readonly number[]): bigint {
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n)
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start }
  }
  return best
}
