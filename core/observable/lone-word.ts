import { at as atSign, blank, colon, dash, dot, indexWithin, isCapital, isDigit, isHex, isHexDigit } from './char.ts'
import { ibanLength } from './checksums.ts'
import { asciiName } from './domain-name.ts'
import { isIpv4, parseIp } from './ip-address.ts'
import { typeOfName } from './normalise.ts'
import { add, type Search } from './search.ts'
import { isKnownEndIn, meaningOfName } from './top-level-domains.ts'

/** After these words four numbers are a version. */
const versionWord = /(?:^|[^\p{L}])(?:v|ver|version|build|release|firmware)[.: ]{0,2}$/iu
/** What those end in. */
const versionEnds: ReadonlySet<number> = new Set([...'vrnde'].map(char => char.charCodeAt(0)))
/** A digest behind one of these names is none of the file's bytes. */
const labels = /(?:^|[^a-z])(imphash|ja3s|ja3)[^a-z\d]{1,4}$/i
const longestLabel = 12
const digestLengths: ReadonlySet<number> = new Set([32, 40, 56, 64, 96, 128])

/**
 * Addresses of IPv4, digests, wallets, and numbers with letters in front (`CVE-`, `AS`, `T`), by their own shapes. True
 * where the word is decided: it is one, or nothing.
 */
export function numberedIn(search: Search, start: number, end: number): boolean {
  const { text } = search
  const length = end - start
  const first = text.charCodeAt(start)
  const second = text.charCodeAt(start + 1)
  if (isDigit(first) && isOfNumbers(text, start, end)) {
    addresses(search, start, end)
    return true
  }
  if (first === 0x54 && isDigit(second)) return technique(search, start, end)
  if (first === 0x41 && second === 0x53) return system(search, start, end)
  if ((first | 0x20) === 0x63 && text.charCodeAt(start + 3) === dash && /^cve-/i.test(text.slice(start, start + 4))) {
    return add(search, 'cve', start, end) || true
  }
  if (length === 14 && text.charCodeAt(start + 4) === dot && text.charCodeAt(start + 9) === dot) {
    if (isDottedMac(text, start, end)) return add(search, 'mac', start, end)
  }
  if (length < 15) return false
  if (isCapital(first) && isCapital(second) && isDigit(text.charCodeAt(start + 2))) {
    if (ibanLength(text.slice(start, start + 2)) === length && add(search, 'iban', start, end)) return true
  }
  return length >= 26 && long(search, start, end, first)
}

function long(search: Search, start: number, end: number, first: number): boolean {
  const { text } = search
  const length = end - start
  if (digestLengths.has(length) && isHex(text, start, end)) {
    const digest = text.slice(start, end)
    if (!/[a-f]/i.test(digest) || !/\d/.test(digest)) return true
    search.found.push({ type: digestType(text, start, length), value: digest.toLowerCase(), start, end })
    return true
  }
  if (first === 0x31 || first === 0x33) return length <= 35 && add(search, 'btc', start, end)
  if ((first | 0x20) === 0x62 && (text.charCodeAt(start + 1) | 0x20) === 0x63)
    return length <= 74 && add(search, 'btc', start, end)
  // Without its `T1` it is any 70 digits.
  if (length === 72 && first === 0x54) return add(search, 'tlsh', start, end)
  return length === 36 && text.charCodeAt(start + 10) === 0x5f && add(search, 'ja4', start, end)
}

function digestType(text: string, start: number, length: number): 'hash' | 'imphash' | 'ja3' | 'ja3s' {
  if (length !== 32) return 'hash'
  const label = labels.exec(text.slice(Math.max(0, start - longestLabel), start))?.[1]?.toLowerCase()
  return label === 'imphash' || label === 'ja3' || label === 'ja3s' ? label : 'hash'
}

function isOfNumbers(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (!isDigit(code) && code !== dot && code !== dash) return false
  }
  return true
}

/** One address, or the two ends of a range; `1.2.3.4.5` is none. */
function addresses({ text, found }: Search, start: number, end: number): void {
  if (end - start < 7) return
  const cut = indexWithin(text, dash, start, end)
  const first = text.slice(start, cut === -1 ? end : cut)
  if (!isIpv4(first) || isVersion(text, start)) return
  if (cut === -1) {
    found.push({ type: 'ip', value: first, start, end })
    return
  }
  const second = text.slice(cut + 1, end)
  if (!isIpv4(second)) return
  found.push({ type: 'ip', value: first, start, end: cut }, { type: 'ip', value: second, start: cut + 1, end })
}

function isVersion(text: string, start: number): boolean {
  let before = start - 1
  while (start - before < 3 && isBetween(text.charCodeAt(before))) before--
  return versionEnds.has(text.charCodeAt(before) | 0x20) && versionWord.test(text.slice(Math.max(0, start - 12), start))
}

function isBetween(code: number): boolean {
  return code === dot || code === colon || code === blank
}

/** The ids that ATT&CK gives out: T1… for enterprises and phones, T08… for plants. Any other number is something else's. */
function technique(search: Search, start: number, end: number): boolean {
  const id = search.text.slice(start, end)
  if (id.length <= 9 && /^T(?:1[0-7]|08)\d{2}(?:\.\d{3})?$/.test(id)) return add(search, 'mitre-technique', start, end)
  return end - start === 72 && add(search, 'tlsh', start, end)
}

function system(search: Search, start: number, end: number): boolean {
  return (
    end - start <= 13 &&
    /^ASN?\d{1,10}$/.test(search.text.slice(start, end)) &&
    add(search, 'autonomous-system', start, end)
  )
}

/** `aabb.cc00.1122`, with a letter and a digit somewhere. */
function isDottedMac(text: string, start: number, end: number): boolean {
  let letters = 0
  let digits = 0
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (index - start === 4 || index - start === 9) continue
    if (!isHexDigit(code)) return false
    if (isDigit(code)) digits++
    else letters++
  }
  return letters > 0 && digits > 0
}

/** `00:11:22:33:44:55`, or with dashes. */
export function macIn(search: Search, start: number, end: number): boolean {
  const { text } = search
  const sign = text.charCodeAt(start + 2)
  if (end - start !== 17 || (sign !== colon && sign !== dash)) return false
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if ((index - start) % 3 === 2 ? code !== sign : !isHexDigit(code)) return false
  }
  const value = text.slice(start, end).toLowerCase()
  search.found.push({ type: 'mac', value: sign === colon ? value : value.replaceAll('-', ':'), start, end })
  return true
}

/** `DE89 3704 0044 0532 0130 00`: where it ends. */
export function spacedIban(search: Search, start: number, end: number): number | undefined {
  const { text } = search
  if (end - start !== 4 || text.charCodeAt(end) !== blank || !isDigit(text.charCodeAt(start + 2))) return undefined
  const length = ibanLength(text.slice(start, start + 2))
  if (length === undefined) return undefined
  const last = start + length + Math.ceil(length / 4) - 1
  // A word that goes on is another.
  if (/[A-Za-z0-9]/.test(text[last] ?? '')) return undefined
  const written = text.slice(start, last)
  return /^(?:[A-Z0-9]{4} ){3,8}[A-Z0-9]{1,4}$/.test(written) && add(search, 'iban', start, last) ? last : undefined
}

/** A mail address, the host behind an at sign, or a domain. */
export function nameIn(search: Search, start: number, end: number): void {
  const { text, found } = search
  const at = indexWithin(text, atSign, start, end)
  if (at !== -1) {
    mailOrHost(search, start, end, at)
    return
  }
  const name = nameOf(search, start, end)
  if (name === undefined) return
  const type = typeOfName(name.name)
  if (name.isFile) found.push({ type, value: name.name, start, end, isFileLike: true })
  else found.push({ type, value: name.name, start, end })
}

function mailOrHost(search: Search, start: number, end: number, at: number): void {
  if (parseIp(search.text.slice(at + 1, end)) !== undefined) add(search, 'ip', at + 1, end)
  else if (nameOf(search, at + 1, end) !== undefined || search.wasDefanged(start, end)) add(search, 'mail', start, end)
}

function nameOf(
  { text, wasDefanged }: Search,
  start: number,
  end: number,
): { readonly name: string; readonly isFile: boolean } | undefined {
  let last = end - 1
  while (last > start && text.charCodeAt(last) !== dot && text.charCodeAt(last) < 128) last--
  // A full stop of another script divides a name as well.
  if (last <= start && text.charCodeAt(last) < 128) return undefined
  if (text.charCodeAt(last) === dot && !isKnownEndIn(text, last + 1, end)) return undefined
  const written = text.slice(start, end)
  const name = asciiName(written)
  if (!name?.includes('.')) return undefined
  const meaning = meaningOfName(name, written, wasDefanged(start, end))
  return meaning === undefined ? undefined : { name, isFile: meaning === 'file' }
}
