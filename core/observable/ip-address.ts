/** IP addresses as numbers, so that one address has one spelling and a network is a range. */
export type IpAddress = { readonly version: 4 | 6; readonly bits: bigint }
/** `bits` has zeros after `prefix`. */
export type IpNetwork = IpAddress & { readonly prefix: number }

const mapped = 0xffffn

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
  const six = sixOf(bare.toLowerCase())
  if (six === undefined) return undefined
  return six >> 32n === mapped ? { version: 4, bits: six & 0xffffffffn } : { version: 6, bits: six }
}

/** The canonical text: RFC 5952 for IPv6. */
export function formatIp({ version, bits }: IpAddress): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map(shift => (bits >> shift) & 0xffn).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => ((bits >> BigInt(112 - at * 16)) & 0xffffn).toString(16))
  const { start, length } = longestZeros(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
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

function sixOf(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1))
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 8 ? joined(head) : undefined
  if (tail === undefined || head.length + tail.length > 7) return undefined
  return joined([...head, ...Array<bigint>(8 - head.length - tail.length).fill(0n), ...tail])
}

/** The last two groups of an address may be written as IPv4. */
function groupsOf(half: string, isEnd: boolean): bigint[] | undefined {
  if (half === '') return []
  const parts = half.split(':')
  const groups: bigint[] = []
  for (const [index, part] of parts.entries()) {
    const four = isEnd && index === parts.length - 1 && part.includes('.') ? fourOf(part) : undefined
    if (four !== undefined) groups.push(four >> 16n, four & 0xffffn)
    else if (/^[0-9a-f]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`))
    else return undefined
  }
  return groups
}

function joined(groups: readonly bigint[]): bigint {
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n)
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (const [index, group] of groups.entries()) {
    if (group !== '0') start = index + 1
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start }
  }
  return best
}
