import { nextCandidate } from './candidate.ts'
import { parseIp } from './ip-address.ts'
import { normalise } from './normalise.ts'
import { refangWithOrigin } from './refang.ts'
import { classify, type Found, type Piece } from './token.ts'
import { splitUrl } from './url.ts'

export type Extracted = Found

const schemes = new Set(
  'http https ftp ftps sftp ws wss tcp udp ssh smb ldap ldaps rmi tftp irc ircs rdp dns'.split(' '),
)
/** What is fetched by these is the observable; behind any other (`ldap`, `rmi`, `tcp`) the host is one too. */
const fetched = new Set(['http', 'https', 'ftp'])
const longestScheme = 6
const longestUrl = 4096

/**
 * What ends a URL in text: blanks, control characters and quotes of all kinds, what RFC 3986 does not allow, and a next
 * one in a list without blanks (`http://a/x,http://b/y`); a URL within a query is part of it.
 */
const urlEnd =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are no text.
  /[\x00-\x20\x7f-\xa0<>"`{}|^\\\u2000-\u200f\u2018-\u201f\u2028-\u202f\u3000-\u3002\ufeff]|[,;][a-z]{2,6}:\/\//i
/** A word: letters of alphabets (Chinese and Japanese text has no blanks, so its signs end a word), digits, a few signs. */
const word = /[\p{L}\p{M}\p{N}._@:/\\%+-]+/gu
const signs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu
/** After these words four numbers are a version. */
const versionWord = /(?:^|[^\p{L}])(?:v|ver|version|build|release|firmware)[.:\s]{0,2}$/iu

/**
 * Addresses, domains, URLs, mails, hashes and CVE numbers in free text, defanged or not, in order, normalised, with
 * where they stand in the text as given (in UTF-16 units). Every repeat is told. A URL is one observable: its host is
 * told again only where its scheme is not http, https or ftp. Linear in the length of the text.
 */
export function extractFromText(text: string): Extracted[] {
  const { text: clean, origin } = refangWithOrigin(text)
  if (nextCandidate(clean, 0, clean.length) === undefined) return []
  const isDefanged = ({ text: piece, start }: Piece) =>
    piece.length > 0 && origin(start + piece.length - 1) - origin(start) !== piece.length - 1
  const found: Found[] = []
  let from = 0
  for (const url of urlsIn(clean)) {
    collectWords(found, clean, from, url.start, isDefanged)
    const normal = normalise('url', clean.slice(url.start, url.end))
    if (normal?.type === 'url') found.push({ ...normal, ...url }, ...hostIn(clean, url))
    from = url.end
  }
  collectWords(found, clean, from, clean.length, isDefanged)
  // Nothing was defanged: what stands there is what was given.
  if (clean === text) return found
  // The end is where the last character ends, whatever was in brackets behind it.
  return found.map(each => ({ ...each, start: origin(each.start), end: origin(each.end - 1) + 1 }))
}

function* urlsIn(text: string): Generator<{ start: number; end: number }> {
  let from = 0
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', Math.max(at + 3, from))) {
    const start = schemeStart(text, from, at)
    if (start === undefined) continue
    const end = endOfUrl(text, start, at + 3)
    if (end <= at + 3) continue
    yield { start, end }
    from = end
  }
}

function hostIn(text: string, { start, end }: { start: number; end: number }): Found[] {
  const url = text.slice(start, end)
  const parts = splitUrl(url)
  if (parts === undefined || fetched.has(parts.scheme)) return []
  const { scheme, userinfo, host } = parts
  const address = host.replace(/^\[|\]$/g, '')
  const normal = normalise(parseIp(address) === undefined ? 'domain' : 'ip', address)
  // A name of one label says nothing outside its network.
  if (normal === undefined || normal.type === 'hostname') return []
  const at = start + url.indexOf(host, scheme.length + '://'.length + userinfo.length)
  return [{ ...normal, start: at, end: at + host.length }]
}

function schemeStart(text: string, from: number, at: number): number | undefined {
  const before = /[a-z]+$/i.exec(text.slice(Math.max(from, at - longestScheme - 1), at))?.[0] ?? ''
  return schemes.has(before.toLowerCase()) ? at - before.length : undefined
}

function endOfUrl(text: string, start: number, hostStart: number): number {
  const rest = text.slice(hostStart, hostStart + longestUrl)
  const blank = rest.search(urlEnd)
  const quote = text[start - 1] === "'" ? rest.indexOf("'") : -1
  const ends = [blank, quote].filter(each => each !== -1)
  const candidate = rest.slice(0, Math.min(...ends, rest.length))
  const cut = balanced(candidate)
  return hostStart + cut.replace(/[.,;:!?'*_~-]{1,64}$/, '').length
}

/** Up to the bracket that the text around it opened: `(see http://x/y)`, `[http://x]`. */
function balanced(candidate: string): string {
  const open = { round: 0, square: 0 }
  for (let index = 0; index < candidate.length; index++) {
    const char = candidate[index]
    if (char === '(') open.round++
    else if (char === '[') open.square++
    else if (char === ')' && --open.round < 0) return candidate.slice(0, index)
    else if (char === ']' && --open.square < 0) return candidate.slice(0, index)
  }
  return candidate
}

function collectWords(
  into: Found[],
  text: string,
  from: number,
  to: number,
  isDefanged: (piece: Piece) => boolean,
): void {
  for (let run = nextCandidate(text, from, to); run !== undefined; run = nextCandidate(text, run.end, to)) {
    const piece = { text: text.slice(run.start, run.end), start: run.start }
    for (const one of run.isAscii ? [piece] : wordsOf(piece)) {
      for (const found of classify(one, isDefanged)) {
        const isVersion =
          found.type === 'ip' && versionWord.test(text.slice(Math.max(0, found.start - 12), found.start))
        if (!isVersion) into.push(found)
      }
    }
  }
}

/** The words of a run with characters beyond ASCII, some of which end a word. */
function* wordsOf({ text, start }: Piece): Generator<Piece> {
  for (const match of text.matchAll(word)) yield* withoutSigns({ text: match[0], start: start + match.index })
}

function* withoutSigns({ text, start }: Piece): Generator<Piece> {
  let last = 0
  for (const match of text.matchAll(signs)) {
    yield { text: text.slice(last, match.index), start: start + last }
    last = match.index + match[0].length
  }
  yield { text: text.slice(last), start: start + last }
}
