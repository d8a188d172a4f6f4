import { nextCandidate, type Run } from './candidate.ts'
import { normalise } from './normalise.ts'
import { refangWithOrigin } from './refang.ts'
import type { Found, Search } from './search.ts'
import { classify } from './token.ts'
import { hostIn, urlsIn } from './url-in-text.ts'

export type Extracted = Found

/** A word: letters of alphabets (Chinese and Japanese text has no blanks, so its signs end a word), digits, a few signs. */
const word = /[\p{L}\p{M}\p{N}._@:/\\%+-]+/gu
const signs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu

/**
 * The observables in free text, defanged or not, in order, normalised, with where they stand in the text as given (in
 * UTF-16 units): addresses and networks, domains, URLs, mails, digests and fingerprints, CVE numbers, MAC addresses, numbers
 * of autonomous systems, techniques, registry keys, IBANs and wallets whose checksum is right, and files where a path or
 * quotes show that they are. Every repeat is told. A URL is one observable: its host is told again only where its scheme is
 * not http, https or ftp. Linear in the length of the text.
 */
export function extractFromText(text: string): Extracted[] {
  const { text: clean, origin } = refangWithOrigin(text)
  const found: Found[] = []
  const isSame = clean === text
  const wasDefanged = (start: number, end: number) =>
    !isSame && end > start && origin(end - 1) - origin(start) !== end - 1 - start
  const search = { text: clean, wasDefanged, found }
  let from = 0
  for (const url of urlsIn(clean)) {
    collectWords(search, from, url.start)
    const normal = normalise('url', clean.slice(url.start, url.end))
    if (normal?.type === 'url') found.push({ ...normal, ...url }, ...hostIn(clean, url))
    from = url.end
  }
  collectWords(search, from, clean.length)
  // Nothing was defanged: what stands there is what was given.
  if (isSame) return found
  // The end is where the last character ends, whatever was in brackets behind it.
  return found.map(each => ({ ...each, start: origin(each.start), end: origin(each.end - 1) + 1 }))
}

function collectWords(search: Search, from: number, to: number): void {
  let next = from
  for (let run = nextCandidate(search.text, next, to); run !== undefined; run = nextCandidate(search.text, next, to)) {
    next = run.isAscii ? classify(search, run.start, run.end) : classifyAll(search, run)
  }
}

/** The words of a run with characters beyond ASCII, some of which end a word. */
function classifyAll(search: Search, { start, end }: Run): number {
  let next = end
  for (const match of search.text.slice(start, end).matchAll(word)) {
    let last = start + match.index
    for (const sign of match[0].matchAll(signs)) {
      const from = start + match.index + sign.index
      next = Math.max(next, classify(search, last, from))
      last = from + sign[0].length
    }
    next = Math.max(next, classify(search, last, start + match.index + match[0].length))
  }
  return next
}
