import { backslash, blank, colon, isCapital, isLetterOrDigit, isSignBeyondAscii, quote, slash } from './char.ts'
import { hiveOf } from './registry.ts'

const longestHive = 22
const longestKey = 1024
/** `Image File Execution Options` */
const mostWords = 4
const kernel = /^\\REGISTRY\\(?:MACHINE|USER)\\/i

/** Where in a word with backslashes a key of the registry begins: at a hive, in the word's first part or behind a colon. */
export function registryStart(text: string, start: number, end: number): number | undefined {
  const first = indexOfBackslash(text, start, Math.min(end, start + 2 * longestHive))
  if (first === undefined) return undefined
  if (first === start) return kernel.test(text.slice(start, start + 18)) ? start : undefined
  const hiveEnd = text.charCodeAt(first - 1) === colon ? first - 1 : first
  let from = hiveEnd
  while (from > start && (isLetterOrDigit(text.charCodeAt(from - 1)) || text.charCodeAt(from - 1) === 0x5f)) from--
  if (from > start && text.charCodeAt(from - 1) !== colon) return undefined
  return hiveOf(text.slice(from, hiveEnd).toUpperCase()) === undefined ? undefined : from
}

/**
 * In quotes it ends with them. Elsewhere at the first blank, unless capitalised words lead on to a backslash
 * (`Windows NT\CurrentVersion`) and none of them is a hive.
 */
export function registryKeyEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + longestKey)
  if (text.charCodeAt(start - 1) === quote) {
    const end = text.indexOf('"', start)
    if (end !== -1 && end <= limit && !text.slice(start, end).includes('\n')) return end
  }
  let end = start
  while (end < limit) {
    if (isKeySign(text.charCodeAt(end))) end++
    else {
      const next = text.charCodeAt(end) === blank ? nextPart(text, end + 1, limit) : undefined
      if (next === undefined) break
      end = next
    }
  }
  while (end > start && /[.,;:\\-]/.test(text[end - 1] ?? '')) end--
  return end
}

/** The backslash that a few words lead to. */
function nextPart(text: string, from: number, limit: number): number | undefined {
  let word = from
  for (let words = 0; words < mostWords; words++) {
    if (!isCapital(text.charCodeAt(word)) || /^HK/.test(text.slice(word, word + 2))) return undefined
    let end = word
    while (end < limit && isLetterOrDigit(text.charCodeAt(end))) end++
    if (text.charCodeAt(end) === backslash) return end
    if (text.charCodeAt(end) !== blank) return undefined
    word = end + 1
  }
  return undefined
}

function indexOfBackslash(text: string, start: number, end: number): number | undefined {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === slash) return undefined
    if (code === backslash) return index
  }
  return undefined
}

/** Of what is between blanks: names of keys hold nearly anything. */
function isKeySign(code: number): boolean {
  return code > 127 ? !isSignBeyondAscii(code) : code > blank && code < 127 && !isEnd(code)
}

/** Quotes, brackets that are none of a GUID's, and what divides lists. */
function isEnd(code: number): boolean {
  return [0x22, 0x27, 0x28, 0x29, 0x2c, 0x3b, 0x3c, 0x3d, 0x3e, 0x5b, 0x5d, 0x60, 0x7c].includes(code)
}
