const SIGN = 1
const LETTER_OR_DIGIT = 2
const OTHER_SCRIPT = 4

const classes = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') {
  classes[char.charCodeAt(0)] = LETTER_OR_DIGIT
}
for (const char of '._@:/\\%+-') classes[char.charCodeAt(0)] = SIGN

const blank = 0x20
const dot = 0x2e
const colon = 0x3a
const at = 0x40
const dash = 0x2d
/** An MD5 digest, the shortest there is. */
const shortestHash = 32
/** `1:2:3:4:5:6:192.0.2.1`: no address without `::` has fewer. */
const fewestColons = 6

export type Run = {
  readonly start: number
  readonly end: number
  /** Only letters, digits and signs of ASCII. */
  readonly isAscii: boolean
}

/**
 * The first run of word characters at or behind `from` that can hold an observable, in one pass over the character codes: with a dot
 * inside, with colons as an IPv6 address has them, with an at sign, with `cve-`, or as long as a digest. Most words of a
 * text are none of this and cost no more. What is not ASCII counts as part of a word: what it is, the caller finds out.
 */
export function nextCandidate(text: string, from: number, to: number): Run | undefined {
  let start = -1
  let isCandidate = false
  let isAscii = true
  let colons = 0
  for (let index = from; index <= to; index++) {
    const code = index < to ? text.charCodeAt(index) : blank
    const kind = code < 128 ? (classes[code] ?? 0) : OTHER_SCRIPT
    if (kind === LETTER_OR_DIGIT) {
      if (start === -1) start = index
    } else if (kind === 0) {
      if (start === -1) continue
      if (isCandidate || index - start >= shortestHash) return { start, end: index, isAscii }
      start = -1
      isAscii = true
      colons = 0
    } else {
      if (start === -1) start = index
      if (kind === OTHER_SCRIPT) {
        // A full stop of another script divides a name as well.
        isAscii = false
        isCandidate = true
      } else if (code === dot) {
        if (isInWord(text, index + 1, to)) isCandidate = true
      } else if (code === colon) {
        colons++
        if (colons >= fewestColons || text.charCodeAt(index + 1) === colon) isCandidate = true
      } else if (code === at || (code === dash && isCve(text, index))) isCandidate = true
    }
  }
  return undefined
}

function isInWord(text: string, index: number, to: number): boolean {
  if (index >= to) return false
  const code = text.charCodeAt(index)
  return code >= 128 || classes[code] !== 0
}

/** `cve` in any case before the dash. */
function isCve(text: string, index: number): boolean {
  return (
    (text.charCodeAt(index - 1) | 0x20) === 0x65 &&
    (text.charCodeAt(index - 2) | 0x20) === 0x76 &&
    (text.charCodeAt(index - 3) | 0x20) === 0x63
  )
}
