import { at, backslash, colon, dash, dot, isCapital, isDigit, slash } from './char.ts'

const LETTER_OR_DIGIT = 1
/** `_ % +`: part of a word, and no sign of anything. */
const JOINING = 2
const DASH = 4
/** `. : / \` */
const DIVIDING = 8
const AT = 16
const OTHER_SCRIPT = 32

const classes = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') {
  classes[char.charCodeAt(0)] = LETTER_OR_DIGIT
}
for (const char of '_%+') classes[char.charCodeAt(0)] = JOINING
for (const char of '.:/\\') classes[char.charCodeAt(0)] = DIVIDING
classes[dash] = DASH
classes[at] = AT

/** The shortest bitcoin address; digests are longer. */
const shortestLong = 26
/** A MAC address has five; `1:2:3:4:5:6:192.0.2.1`, and no IPv6 address without `::` has fewer than six. */
const fewestColons = 5
/** Of numbers: an address of IPv4. With fewer it is a fraction or a version. */
const fewestDots = 3
/** A MAC address written with dashes. */
const fewestDashes = 5
/** `HKEY_PERFORMANCE_DATA:` */
const longestHive = 22

export type Run = {
  readonly start: number
  readonly end: number
  /** Only letters, digits and signs of ASCII. */
  readonly isAscii: boolean
}

/**
 * The first run of word characters at or behind `from` that can hold an observable, in one pass over the character codes: with a dot
 * inside, with colons as an IPv6 address has them, with an at sign, with `cve-`, below a hive of the registry, as `AS64500` and
 * `T1059` are written, as an IBAN begins, or as long as a wallet or a digest. Most words of a text are none of this and cost no
 * more. What is not ASCII counts as part of a word: what it is, the caller finds out.
 */
export function nextCandidate(text: string, from: number, to: number): Run | undefined {
  let index = from
  while (index < to) {
    let kind = kindOf(text.charCodeAt(index))
    if (kind === 0) {
      index++
      continue
    }
    const start = index
    // What all its characters are, told once: the words of a text are walked through as fast as can be.
    let kinds = 0
    do {
      kinds |= kind
      index++
      kind = index < to ? kindOf(text.charCodeAt(index)) : 0
    } while (kind !== 0)
    if (isCandidate(text, start, index, kinds)) return { start, end: index, isAscii: kinds < OTHER_SCRIPT }
  }
  return undefined
}

function kindOf(code: number): number {
  return code < 128 ? (classes[code] ?? 0) : OTHER_SCRIPT
}

function isCandidate(text: string, start: number, end: number, kinds: number): boolean {
  // A full stop of another script divides a name as well.
  if (kinds >= AT) return true
  if (kinds >= DASH && hasMarks(text, start, end)) return true
  return isLong(text, start, end, kinds) || isShortOne(text, start, end)
}

/** Dots, colons, dashes and backslashes as the observables have them. */
function hasMarks(text: string, start: number, end: number): boolean {
  let colons = 0
  let dashes = 0
  let dots = 0
  let isBelow = false
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === dot) {
      if (index + 1 < end && (++dots >= fewestDots || !isDigit(text.charCodeAt(index + 1)))) return true
    } else if (code === colon) {
      if (++colons >= fewestColons || (index + 1 < end && text.charCodeAt(index + 1) === colon)) return true
    } else if (code === dash) {
      if (++dashes >= fewestDashes || isCve(text, index)) return true
    } else if ((code === backslash || code === slash) && !isBelow) {
      if (isHive(text, start, index)) return true
      isBelow = index - start > longestHive
    }
  }
  // A MAC address of three parts.
  return dots === 2 && end - start >= 14
}

/** `cve` in any case before the dash. */
function isCve(text: string, index: number): boolean {
  return (
    (text.charCodeAt(index - 1) | 0x20) === 0x65 &&
    (text.charCodeAt(index - 2) | 0x20) === 0x76 &&
    (text.charCodeAt(index - 3) | 0x20) === 0x63
  )
}

/** What has dashes inside is no digest and no wallet, but a UUID or the like. */
function isLong(text: string, start: number, end: number, kinds: number): boolean {
  if (end - start < shortestLong) return false
  return (kinds & DASH) === 0 || text.charCodeAt(start) === dash || text.charCodeAt(end - 1) === dash
}

/** `AS1`, `ASN1`, `T1`, `DE89`: capitals and then a digit. */
function isShortOne(text: string, start: number, end: number): boolean {
  if (end - start < 3 || !isCapital(text.charCodeAt(start))) return false
  const second = text.charCodeAt(start + 1)
  if (isDigit(second)) return text.charCodeAt(start) === 0x54
  return isCapital(second) && (isDigit(text.charCodeAt(start + 2)) || text.charCodeAt(start + 2) === 0x4e)
}

/** Whether the name before the backslash is that of a hive, or of the kernel's registry. */
function isHive(text: string, start: number, end: number): boolean {
  const from = Math.max(start, end - longestHive)
  for (let index = from; index < end - 2; index++) {
    const isFirst = index === start || text.charCodeAt(index - 1) === colon || text.charCodeAt(index - 1) === backslash
    if (!isFirst) continue
    const first = text.charCodeAt(index) | 0x20
    const second = text.charCodeAt(index + 1) | 0x20
    if ((first === 0x68 && second === 0x6b) || (first === 0x72 && second === 0x65)) return true
  }
  return false
}
