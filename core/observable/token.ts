import { domainName } from './domain-name.ts'
import { formatIp, parseIp } from './ip-address.ts'
import { type Normal, normalise } from './normalise.ts'
import { isLikelyDomain } from './top-level-domains.ts'

/** A word of a text that may be an observable: where it stands, and how it differs from what stood there. */
export type Piece = { readonly text: string; readonly start: number }
export type Found = Normal & { readonly start: number; readonly end: number }

/** No host, mail, hash or CVE number is longer. */
const longest = 330

/**
 * What a word without blanks, brackets and quotes holds. A path is no name: of `host/path` the host counts, of the other
 * parts only hashes and CVE numbers do; `1.2.3.0/24` is a network and is left alone.
 */
export function classify(token: Piece, isDefanged: (piece: Piece) => boolean): Found[] {
  if (!/[/\\]/.test(token.text)) return colonSeparated(token, isDefanged)
  const parts = split(token, /[/\\]/g)
  const isPath = /^[/\\]|^[A-Za-z]:[/\\]|\\/.test(token.text)
  const [first, second] = parts
  const isNetwork = first !== undefined && second !== undefined && isPrefix(first.text, second.text)
  return parts.flatMap((part, index) => {
    const found = colonSeparated(part, isDefanged)
    const isHost = index === 0 && !isPath && !isNetwork
    return isHost ? found : found.filter(({ type }) => type === 'hash' || type === 'cve')
  })
}

function isPrefix(address: string, length: string): boolean {
  if (!/^\d{1,3}$/.test(length)) return false
  const ip = parseIp(address)
  return ip !== undefined && Number(length) <= (ip.version === 4 ? 32 : 128)
}

/** `host:port`, `src:host` and `md5:digest` hold what stands between the colons; an IPv6 address is one. */
function colonSeparated(piece: Piece, isDefanged: (piece: Piece) => boolean): Found[] {
  const trimmed = bare(piece)
  if (!trimmed.text.includes(':')) return single(trimmed, isDefanged)
  const six = ipv6(trimmed) ?? ipv6(trim(trimmed, /^$/, /:$/))
  if (six !== undefined) return [six]
  return split(trimmed, /:/g).flatMap(part => single(bare(part), isDefanged))
}

/** `a::b` is a name in many languages: an address has a digit somewhere. */
function ipv6(piece: Piece): Found | undefined {
  if (piece.text.length > 64 || !/\d/.test(piece.text) || piece.text.length < 3) return undefined
  const ip = parseIp(piece.text)
  if (ip === undefined) return undefined
  const end = piece.start + piece.text.length
  return { type: 'ip', value: formatIp(ip), start: piece.start, end }
}

function single(piece: Piece, isDefanged: (piece: Piece) => boolean): Found[] {
  const { text } = piece
  if (text.length < 4 || text.length > longest) return []
  if (/^\d/.test(text) && /^[\d.-]+$/.test(text)) return addresses(piece)
  if (/^[0-9a-f]+$/i.test(text)) return /[a-f]/i.test(text) && /\d/.test(text) ? as('hash', piece) : []
  if (/^cve-/i.test(text)) return as('cve', piece)
  const at = text.indexOf('@')
  if (at !== -1) return mailOrHost(piece, at, isDefanged)
  return isName(piece, isDefanged) ? as('domain', piece) : []
}

/** One address, or the two ends of a range; `1.2.3.4.5` is none. */
function addresses(piece: Piece): Found[] {
  const ends = split(piece, /-/g)
  const all = ends.flatMap(end => (parseIp(end.text) === undefined ? [] : as('ip', end)))
  return all.length === ends.length && all.length <= 2 ? all : []
}

function mailOrHost(piece: Piece, at: number, isDefanged: (piece: Piece) => boolean): Found[] {
  const host = { text: piece.text.slice(at + 1), start: piece.start + at + 1 }
  if (parseIp(host.text) !== undefined) return as('ip', host)
  return isName(host, isDefanged) || isDefanged(piece) ? as('mail', piece) : []
}

function isName(piece: Piece, isDefanged: (piece: Piece) => boolean): boolean {
  if (!piece.text.includes('.')) return false
  const name = domainName(piece.text)
  return name !== undefined && isLikelyDomain(name, piece.text, isDefanged(piece))
}

function as(type: string, piece: Piece): Found[] {
  const normal = normalise(type, piece.text)
  return normal === undefined ? [] : [{ ...normal, start: piece.start, end: piece.start + piece.text.length }]
}

function split({ text, start }: Piece, separator: RegExp): Piece[] {
  const pieces: Piece[] = []
  let last = 0
  for (const match of text.matchAll(separator)) {
    pieces.push({ text: text.slice(last, match.index), start: start + last })
    last = match.index + 1
  }
  pieces.push({ text: text.slice(last), start: start + last })
  return pieces
}

/** Without the signs around it; an underscore in front belongs to the name (`_dmarc.evil.com`) unless one stands behind. */
function bare(piece: Piece): Piece {
  return trim(piece, piece.text.endsWith('_') ? /^[.\-_@%+]+/ : /^[.\-@%+]+/, /[.\-_@%+]+$/)
}

function trim({ text, start }: Piece, head: RegExp, tail: RegExp): Piece {
  const front = head.exec(text)?.[0].length ?? 0
  const rest = text.slice(front)
  return { text: rest.length > longest ? rest : rest.replace(tail, ''), start: start + front }
}
