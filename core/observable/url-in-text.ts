import { apostrophe, isLetter, isSignBeyondAscii } from './char.ts'
import { normalise } from './normalise.ts'
import type { Found } from './search.ts'
import { splitUrl } from './url.ts'

type Place = { readonly start: number; readonly end: number }

const schemes = new Set(
  'http https ftp ftps sftp ws wss tcp udp ssh smb ldap ldaps rmi tftp irc ircs rdp dns'.split(' '),
)
/** What is fetched by these is the observable; behind any other (`ldap`, `rmi`, `tcp`) the host is one too. */
const fetched = new Set(['http', 'https', 'ftp'])
const longestScheme = 6
const longestUrl = 4096
/** Of signs at the end that belong to the sentence. */
const mostSigns = 64

/** What ends a URL in text: blanks, control characters and quotes of all kinds, and what RFC 3986 does not allow. */
const ends = new Uint8Array(128)
for (let code = 0; code <= 0x20; code++) ends[code] = 1
for (const char of '<>"`{}|^\\\x7f') ends[char.charCodeAt(0)] = 1
/** What ends a sentence rather than a URL. */
const trailing: ReadonlySet<number> = new Set([...".,;:!?'*_~-"].map(char => char.charCodeAt(0)))
const comma = 0x2c
const semicolon = 0x3b
const [openRound, closeRound, openSquare, closeSquare] = [0x28, 0x29, 0x5b, 0x5d]

/** Where the URLs of a refanged text stand, in order. */
export function urlsIn(text: string): Place[] {
  const found: Place[] = []
  let from = 0
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', Math.max(at + 3, from))) {
    const start = schemeStart(text, from, at)
    if (start === undefined) continue
    const end = endOfUrl(text, start, at + 3)
    if (end <= at + 3) continue
    found.push({ start, end })
    from = end
  }
  return found
}

/** The host of a URL that nothing is fetched from; a name of one label says nothing outside its network. */
export function hostIn(text: string, { start, end }: Place): Found[] {
  const url = text.slice(start, end)
  const parts = splitUrl(url)
  if (parts === undefined || fetched.has(parts.scheme)) return []
  const { scheme, userinfo, host } = parts
  const address = host.replace(/^\[|\]$/g, '')
  const normal = normalise('ip', address) ?? normalise('domain', address)
  if (normal === undefined || normal.type === 'hostname') return []
  const at = start + url.indexOf(host, scheme.length + '://'.length + userinfo.length)
  return [{ ...normal, start: at, end: at + host.length }]
}

function schemeStart(text: string, from: number, at: number): number | undefined {
  let start = at
  while (start > from && at - start <= longestScheme && isLetter(text.charCodeAt(start - 1))) start--
  return start < at && schemes.has(text.slice(start, at).toLowerCase()) ? start : undefined
}

/** Up to the bracket that the text around it opened, (see http://x/y), and to a next one in a list without blanks. */
function endOfUrl(text: string, start: number, hostStart: number): number {
  const isQuoted = text.charCodeAt(start - 1) === apostrophe
  const limit = Math.min(text.length, hostStart + longestUrl)
  let round = 0
  let square = 0
  let end = hostStart
  for (; end < limit; end++) {
    const code = text.charCodeAt(end)
    if (code >= 128 ? isSignBeyondAscii(code) : ends[code] === 1) break
    if (code === openRound) round++
    else if (code === openSquare) square++
    else if (code === closeRound && --round < 0) break
    else if (code === closeSquare && --square < 0) break
    else if (code === apostrophe && isQuoted) break
    else if ((code === comma || code === semicolon) && isNextUrl(text, end + 1)) break
  }
  const least = Math.max(hostStart, end - mostSigns)
  while (end > least && trailing.has(text.charCodeAt(end - 1))) end--
  return end
}

function isNextUrl(text: string, from: number): boolean {
  let end = from
  while (end - from < longestScheme && isLetter(text.charCodeAt(end))) end++
  return end - from >= 2 && text.startsWith('://', end)
}
