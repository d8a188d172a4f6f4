import {
  apostrophe,
  backslash,
  colon,
  dash,
  dot,
  indexWithin,
  isCapital,
  isDigit,
  isHex,
  isHexDigit,
  isLetter,
  quote,
  slash,
} from './char.ts'
import { isFileName, isUnixPath } from './file-names.ts'
import { canonicalIp, isIpv4, parseIp, parseNetwork } from './ip-address.ts'
import { macIn, nameIn, numberedIn, spacedIban } from './lone-word.ts'
import { registryKeyEnd, registryStart } from './registry-in-text.ts'
import { add, type Search } from './search.ts'

/** No host, mail, hash or CVE number is longer. */
const longest = 330
const shortestSsdeep = 26

/**
 * What a word without blanks, brackets and quotes holds, and where the search goes on: behind the word, or behind what
 * begins in it and has blanks. A path is no name: of `host/path` the host counts, of the other parts only digests, CVE
 * numbers and the file at its end do; an address with the length of its network is that network.
 */
export function classify(search: Search, start: number, end: number): number {
  const { text } = search
  const cut = firstSlash(text, start, end)
  if (cut === end) {
    const iban = spacedIban(search, start, end)
    if (iban !== undefined) return iban
    if (isQuotedFile(search, start, end)) add(search, 'filename', start, end)
    else colonSeparated(search, start, end)
    return end
  }
  if (text.charCodeAt(cut) === slash && ssdeepIn(search, start, end)) return end
  const key = registryStart(text, start, end)
  if (key !== undefined) {
    const keyEnd = registryKeyEnd(text, key)
    add(search, 'registry', key, keyEnd)
    return Math.max(end, keyEnd)
  }
  path(search, start, end, cut)
  return end
}

function path(search: Search, start: number, end: number, cut: number): void {
  const { text } = search
  const isWindows = text.charCodeAt(cut) === backslash || indexWithin(text, backslash, cut, end) !== -1
  const isPath = cut === start || isWindows || isDrive(text, start, cut)
  if (!isPath && network(search, start, end, cut)) return
  const before = search.found.length
  if (!isPath) colonSeparated(search, start, cut)
  if (cut === start || search.found.length > before || isStatus(text, start, cut)) {
    const to = addressEnd(text, cut + 1, end)
    if (isIpv4(text.slice(cut + 1, to)))
      search.found.push({ type: 'ip', value: text.slice(cut + 1, to), start: cut + 1, end: to })
  }
  let from = isPath ? start : cut + 1
  while (from < end) {
    const to = firstSlash(text, from, end)
    if (to === end && (isWindows || isUnixPath(text.slice(start, end))) && fileAt(search, from, to)) return
    digests(search, from, to)
    from = to + 1
  }
}

function firstSlash(text: string, start: number, end: number): number {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === slash || code === backslash) return index
  }
  return end
}

function isDrive(text: string, start: number, cut: number): boolean {
  return cut - start === 2 && text.charCodeAt(start + 1) === colon && isLetter(text.charCodeAt(start))
}

/** `HIER_DIRECT`: capitals and an underscore, as a proxy says where it went; `Chrome/120.0.0.0` is a version. */
function isStatus(text: string, start: number, end: number): boolean {
  let hasUnderscore = false
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x5f) hasUnderscore = true
    else if (!isCapital(code)) return false
  }
  return hasUnderscore
}

/** Of an address behind the slash, as in `host/10.0.0.1:9092` and `/10.0.0.1`. */
function addressEnd(text: string, start: number, end: number): number {
  const limit = Math.min(end, start + 16)
  let to = start
  while (to < limit && (isDigit(text.charCodeAt(to)) || text.charCodeAt(to) === dot)) to++
  const isEnd = to === end || text.charCodeAt(to) === colon
  return isEnd ? trimmedEnd(text, start, to) : start
}

/** `10.0.0.0/8`, also behind a colon. With host bits it is an address, and `/22` may be a port. */
function network(search: Search, start: number, end: number, cut: number): boolean {
  const { text } = search
  const to = trimmedEnd(text, cut + 1, firstSlash(text, cut + 1, end))
  const digits = to - cut - 1
  if (digits < 1 || digits > 3 || (!isHexDigit(text.charCodeAt(cut - 1)) && text.charCodeAt(cut - 1) !== colon))
    return false
  for (let index = cut + 1; index < to; index++) if (!isDigit(text.charCodeAt(index))) return false
  let bare = cut
  while (bare > start && text.charCodeAt(bare - 1) !== colon) bare--
  const from = isIpv4(text.slice(bare, cut)) ? bare : start
  const found = parseNetwork(text.slice(from, to))
  const ip = found === undefined ? undefined : parseIp(text.slice(from, cut))
  if (found === undefined || ip?.bits !== found.bits) return false
  return add(search, 'cidr', from, to)
}

/** The file at the end of a path; what stands behind a colon is a line in it. */
function fileAt(search: Search, start: number, end: number): boolean {
  const line = indexWithin(search.text, colon, start, end)
  const to = trimmedEnd(search.text, start, line === -1 ? end : line)
  return isFileName(search.text.slice(start, to), false) && add(search, 'filename', start, to)
}

/** `"invoice.pdf"`: what is quoted whole. Defanged, it is a domain. */
function isQuotedFile({ text, wasDefanged }: Search, start: number, end: number): boolean {
  const mark = text.charCodeAt(start - 1)
  if ((mark !== quote && mark !== apostrophe) || text.charCodeAt(end) !== mark) return false
  // Most of what is quoted ends in no letters behind a dot: told without cutting it out.
  let last = end - 1
  while (end - last < 6 && last > start && text.charCodeAt(last) !== dot) last--
  if (text.charCodeAt(last) !== dot) return false
  return isFileName(text.slice(start, end), true) && !wasDefanged(start, end)
}

/** `host:port`, `src:host` and `md5:digest` hold what stands between the colons; IPv6 and MAC addresses are one. */
function colonSeparated(search: Search, start: number, end: number): void {
  const { text } = search
  const from = trimmedStart(text, start, end)
  const to = trimmedEnd(text, from, end)
  if (macIn(search, from, to)) return
  let cut = indexWithin(text, colon, from, to)
  if (cut === -1) {
    single(search, from, to)
    return
  }
  if (indexWithin(text, colon, cut + 1, to) !== -1) {
    if (ipv6(search, from, to)) return
    if (ssdeepIn(search, from, end)) return
  }
  for (let part = from; part <= to; part = cut + 1) {
    cut = indexWithin(text, colon, part, to)
    if (cut === -1) cut = to
    const partStart = trimmedStart(text, part, cut)
    single(search, partStart, trimmedEnd(text, partStart, cut))
  }
}

/** `96:…:…`, long enough to be no time of day; a plus at its end belongs to it. */
function ssdeepIn(search: Search, start: number, given: number): boolean {
  const { text } = search
  if (given - start < shortestSsdeep || !isDigit(text.charCodeAt(start))) return false
  let end = trimmedEnd(text, start, given)
  while (end < given && text.charCodeAt(end) === 0x2b) end++
  return add(search, 'ssdeep', start, end)
}

/** `a::b` is a name in many languages: an address has a digit somewhere. A colon behind it is no part of it. */
function ipv6(search: Search, start: number, given: number): boolean {
  const { text } = search
  if (given - start > 64 || given - start < 3) return false
  let hasDigit = false
  for (let index = start; index < given; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x25) break
    if (isDigit(code)) hasDigit = true
    else if (code !== colon && code !== dot && !isHex(text, index, index + 1)) return false
  }
  if (!hasDigit) return false
  const isOpen = text.charCodeAt(given - 1) === colon && text.charCodeAt(given - 2) !== colon
  const end = isOpen ? given - 1 : given
  const value = canonicalIp(text.slice(start, end))
  if (value === undefined) return false
  search.found.push({ type: 'ip', value, start, end })
  return true
}

/** A word without colons and slashes. */
function single(search: Search, start: number, end: number): void {
  const length = end - start
  if (length < 3 || length > longest) return
  if (!numberedIn(search, start, end)) nameIn(search, start, end)
}

/** In the parts of a path that are no host. */
function digests(search: Search, start: number, end: number): void {
  const { text } = search
  for (let part = start; part < end; ) {
    const cut = indexWithin(text, colon, part, end)
    const to = cut === -1 ? end : cut
    const from = trimmedStart(text, part, to)
    const bareEnd = trimmedEnd(text, from, to)
    if (bareEnd - from >= 32 ? isHex(text, from, bareEnd) : isCveStart(text, from)) numberedIn(search, from, bareEnd)
    part = to + 1
  }
}

function isCveStart(text: string, start: number): boolean {
  return text.charCodeAt(start + 3) === dash && /^cve$/i.test(text.slice(start, start + 3))
}

/** Without the signs around it; an underscore in front belongs to the name (`_dmarc.evil.com`) unless one stands behind. */
function trimmedStart(text: string, start: number, end: number): number {
  const isQuoted = end > start && text.charCodeAt(end - 1) === 0x5f
  let from = start
  while (from < end && (isEdge(text.charCodeAt(from)) || (isQuoted && text.charCodeAt(from) === 0x5f))) from++
  return from
}

function trimmedEnd(text: string, start: number, end: number): number {
  let to = end
  while (to > start && (isEdge(text.charCodeAt(to - 1)) || text.charCodeAt(to - 1) === 0x5f)) to--
  return to
}

/** `. - @ % +` */
function isEdge(code: number): boolean {
  return code === dot || code === dash || code === 0x40 || code === 0x25 || code === 0x2b
}
