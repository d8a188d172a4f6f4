import type { Fang } from './fangs.ts'

/** `bob at evil dot com`: at least one dot in words, or it is a sentence. */
const spokenMail = /(?<![\w.+-])[\w.+-]{1,64} at [a-z\d-]{1,63}(?: dot [a-z\d-]{1,63}){1,6}(?![\w-])/gi
const spokenSigns = / (at|dot) /gi
/** `203 . 0 . 113 . 7`, and `www . evil . com` of few ends: elsewhere a full stop between blanks ends a sentence. */
const spacedAddress = /(?<![\d.])\d{1,3}(?: \. \d{1,3}){3}(?![\d.])/g
const spacedName =
  /(?<![\w.-])[a-z\d-]{1,63}(?: \. [a-z\d-]{1,63}){0,4} \. (?:com|net|org|info|biz|ru|cn|xyz)(?![\w-])/g
const spacedDots = / \. /g

/** What is defanged in words, or by blanks around the dots. */
export function spokenFangs(text: string, hasSpacedDot: boolean): readonly Fang[] {
  const found: Fang[] = []
  if (text.includes('dot ') || text.includes('DOT ')) collect(found, text, spokenMail, spokenSigns)
  if (hasSpacedDot) {
    collect(found, text, spacedAddress, spacedDots)
    collect(found, text, spacedName, spacedDots)
  }
  return found.length > 1 ? found.toSorted((left, right) => left.start - right.start) : found
}

function collect(into: Fang[], text: string, whole: RegExp, sign: RegExp): void {
  for (const { 0: words, index } of text.matchAll(whole)) {
    for (const part of words.matchAll(sign)) {
      const start = index + part.index
      const end = start + part[0].length
      into.push({ start, end, meant: part[1]?.toLowerCase() === 'at' ? '@' : '.' })
    }
  }
}

/** `http__`, `hxxp:__`, `http:\\`, and `http:\/\/` as some write JSON. */
const schemeEnd = /\b(?:h(?:tt|xx|xt|tx)p|f(?:tp|xp|tx))s?(:?__|:?\\\\|:\\\/\\\/)(?=[a-z\d[])/gi
/** `[hxxp://]evil.com` */
const inBrackets = /\[((?:h(?:tt|xx)p|ftp)s?:\/\/)\](?=[\w[])/gi
const longestUrl = 4096

/** What stands for `://`. */
export function schemeFangs(text: string): readonly Fang[] {
  const found: Fang[] = []
  let looked = 0
  for (const { 0: all, 1: sign = '', index } of text.matchAll(schemeEnd)) {
    const end = index + all.length
    found.push({ start: end - sign.length, end, meant: '://' })
    if (!sign.includes('/') || end < looked) continue
    const url = /^[^\s"'<>]*/.exec(text.slice(end, end + longestUrl))?.[0] ?? ''
    for (const slash of url.matchAll(/\\\//g)) {
      found.push({ start: end + slash.index, end: end + slash.index + 2, meant: '/' })
    }
    looked = end + url.length
  }
  for (const { 0: all, 1: scheme = '', index } of text.matchAll(inBrackets)) {
    found.push({ start: index, end: index + all.length, meant: scheme })
  }
  return found.length > 1 ? inOrder(found) : found
}

/** Each place once; of two that begin at one place, the longer. */
function inOrder(found: readonly Fang[]): Fang[] {
  let end = 0
  return found
    .toSorted((left, right) => left.start - right.start || right.end - left.end)
    .filter(fang => {
      if (fang.start < end) return false
      end = fang.end
      return true
    })
}

const scheme = /\b(?:hxxp|hxtp|htxp|h\*\*p|meow|fxp|ftx)(?=(s?:\/\/)([a-z\d.,-]{0,253}))/gi

/** `hxxp://` and its like as `http://`, of the same length; commas in the host of such a URL are dots. */
export function withPlainSchemes(text: string): string {
  if (isPlain(text)) return text
  const parts: string[] = []
  let copied = 0
  for (const { 0: found, 1: sign = '', 2: host = '', index } of text.matchAll(scheme)) {
    const from = index + found.length + sign.length
    parts.push(text.slice(copied, index), found.length === 3 ? 'ftp' : 'http', sign)
    copied = from
    // Where a list of URLs has no blanks, a scheme stands behind the comma.
    if (!host.includes(',') || !isHostEnd(text, from + host.length)) continue
    parts.push(host.replace(/(?<=[a-z\d]),(?=[a-z\d])/gi, '.'))
    copied = from + host.length
  }
  parts.push(text.slice(copied))
  return parts.join('')
}

function isHostEnd(text: string, end: number): boolean {
  return end === text.length || (/[/:?#\s]/.test(text[end] ?? '') && !text.startsWith('://', end))
}

/** Whether every `://` stands behind a scheme that is none of these: told without a regular expression, as most are. */
function isPlain(text: string): boolean {
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const end = (text.charCodeAt(at - 1) | 0x20) === 0x73 ? at - 1 : at
    const last = text.charCodeAt(end - 1) | 0x20
    // Behind `tp`, `p` alone and `x`: `hxtp` and `htxp` are not `http`.
    const isHttp =
      last === 0x70 &&
      text.charCodeAt(end - 2) === 0x74 &&
      text.charCodeAt(end - 3) === 0x74 &&
      text.charCodeAt(end - 4) === 0x68
    if (!isHttp && (last === 0x70 || last === 0x78 || last === 0x77)) return false
  }
  return true
}
