import { at, backslash, blank, colon, dot, isDigit, isLetter, isLetterOrDigit, slash } from './char.ts'

/** Something that stands where something else is meant: how many characters it takes, and what it means. */
export type Fang = { readonly start: number; readonly end: number; readonly meant: string }

const comma = 0x2c
const underscore = 0x5f
const middleDot = 0x30fb
/** More brackets around one sign are none of this. */
const mostBrackets = 8

/** What is meant by what stands in brackets. */
const meanings: ReadonlyMap<string, string> = new Map([
  ...['.', ',', 'dot'].map(each => [each, '.'] as const),
  ...['@', 'at'].map(each => [each, '@'] as const),
  ...[':', '/', '://', 'tt'].map(each => [each, each] as const),
])

const opens = 1
const closes = 2
/** A backslash, or the middle dot. */
const divides = 3
const hints = 4

const kinds = new Uint8Array(128)
for (const char of '[({') kinds[char.charCodeAt(0)] = opens
for (const char of '])}') kinds[char.charCodeAt(0)] = closes
for (const char of '._') kinds[char.charCodeAt(0)] = hints
kinds[backslash] = divides

export type Fangs = {
  readonly fangs: readonly Fang[]
  /** Whether a dot between blanks was seen. */
  readonly hasSpacedDot: boolean
  /** Whether something was seen that may stand for `://`. */
  readonly hasSchemeEnd: boolean
}

/**
 * The defanged signs of a text that brackets and backslashes make, in order: `[.] (.) {.} [dot] [at] [@] [:] [/] [://]` and
 * more brackets of any of the three kinds, with blanks around or inside; halves of them (`evil[.com`); `\.`; a letter alone
 * in square brackets (`e[v]il.com`); `h[tt]p`; the middle dot of Japanese. Each is looked at within bounds, so it is linear.
 */
export function fangsIn(text: string): Fangs {
  const fangs: Fang[] = []
  let hasSpacedDot = false
  let hasSchemeEnd = false
  const { length } = text
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    const kind = code < 128 ? kinds[code] : code === middleDot ? divides : 0
    if (kind === 0) continue
    let fang: Fang | undefined
    if (kind === hints) {
      if (code === underscore) hasSchemeEnd ||= text.charCodeAt(index + 1) === underscore
      else hasSpacedDot ||= text.charCodeAt(index - 1) === blank && text.charCodeAt(index + 1) === blank
    } else if (kind === opens) {
      fang = opened(text, index)
      // A run of brackets is looked at once.
      if (fang === undefined) while (kindAt(text, index + 1) === opens) index++
    } else if (kind === closes) {
      fang = closed(text, index)
      hasSchemeEnd ||= text.charCodeAt(index - 1) === slash
    } else {
      fang = sign(text, index, code)
      hasSchemeEnd ||= text.charCodeAt(index + 1) === backslash || text.charCodeAt(index + 1) === slash
    }
    if (fang !== undefined) {
      fangs.push(fang)
      index = fang.end - 1
    }
  }
  return { fangs, hasSpacedDot, hasSchemeEnd }
}

function opened(text: string, start: number): Fang | undefined {
  let inner = start + 1
  while (kindAt(text, inner) === opens) inner++
  const from = text.charCodeAt(inner) === blank ? inner + 1 : inner
  if (inner - start > mostBrackets || !mayMean(text.charCodeAt(from))) return undefined
  const to = contentEnd(text, from)
  const content = text.slice(from, to).toLowerCase()
  const close = from > inner && text.charCodeAt(to) === blank ? to + 1 : to
  let end = close
  while (kindAt(text, end) === closes && end - close < mostBrackets) end++
  const meant = meanings.get(content)
  if (end === close)
    return content === '.' && isBetweenWords(text, start, to) ? { start, end: to, meant: '.' } : undefined
  if (meant !== undefined) return isMeant(text, start, end, content) ? spaced(text, start, end, meant) : undefined
  return to - from === 1 && isWithinWord(text, start, end) ? { start, end, meant: text.slice(from, to) } : undefined
}

/** What is in brackets in logs is mostly a number, or in quotes. */
function mayMean(code: number): boolean {
  return isLetter(code) || code === dot || code === at || code === colon || code === slash || code === comma
}

/** Where what is in the brackets ends: letters of a word, or signs. */
function contentEnd(text: string, from: number): number {
  const code = text.charCodeAt(from)
  let end = from + 1
  if (isLetter(code)) while (end - from < 4 && isLetter(text.charCodeAt(end))) end++
  else if (code === colon && text.startsWith('//', end)) end += 2
  return end
}

/** Round and curly brackets around a colon or a slash are code; `(at)` and `[tt]` are what they seem within their words only. */
function isMeant(text: string, start: number, end: number, content: string): boolean {
  const isSquare = text.charCodeAt(start) === 0x5b
  switch (content) {
    case ':':
    case '://':
    case '@':
      return isSquare || isBetweenWords(text, start, end)
    case '/':
      return isSquare || /[:/]/.test(text[start - 1] ?? '')
    case ',':
      return isBetweenWords(text, start, end)
    case 'tt':
      return isSquare && /h/i.test(text[start - 1] ?? '') && /p/i.test(text[end] ?? '')
    default:
      return true
  }
}

/** `evil [.] com` and `bob (at) evil (dot) com`: the blanks go with the brackets where there is one on either side. */
function spaced(text: string, start: number, end: number, meant: string): Fang {
  const isSpaced =
    text.charCodeAt(start - 1) === blank &&
    text.charCodeAt(end) === blank &&
    isOfWord(text.charCodeAt(start - 2)) &&
    isOfWord(text.charCodeAt(end + 1)) &&
    (meant === '.' ||
      (meant === '@' && /^[\w\u0080-\uffff-]{1,63} ?(?:\.|[[({] ?(?:\.|dot))/i.test(text.slice(end + 1, end + 73))))
  return isSpaced ? { start: start - 1, end: end + 1, meant } : { start, end, meant }
}

/** `evil.]com`, `evil dot]com`. */
function closed(text: string, index: number): Fang | undefined {
  if (!isOfWord(text.charCodeAt(index + 1))) return undefined
  if (text.charCodeAt(index - 1) === dot) {
    return isOfWord(text.charCodeAt(index - 2)) ? { start: index - 1, end: index + 1, meant: '.' } : undefined
  }
  const isWord = /^[a-z\d] dot$/i.test(text.slice(Math.max(0, index - 5), index))
  return isWord ? { start: index - 4, end: index + 1, meant: '.' } : undefined
}

function sign(text: string, index: number, code: number): Fang | undefined {
  if (code === middleDot)
    return isBetweenWords(text, index, index + 1) ? { start: index, end: index + 1, meant: '.' } : undefined
  if (text.charCodeAt(index + 1) !== dot || !isBetweenWords(text, index, index + 2)) return undefined
  // `C:\Users\.ssh` is a path: before the label stands what begins a name, and behind it no other backslash.
  let before = index - 1
  while (index - before < 64 && isNameSign(text.charCodeAt(before))) before--
  const first = text.charCodeAt(before)
  if (first === backslash || (first === slash && text.charCodeAt(before - 1) !== slash)) return undefined
  if (first === colon && before > 0) return undefined
  let behind = index + 2
  while (behind - index < 66 && isNameSign(text.charCodeAt(behind))) behind++
  const isPath = text.charCodeAt(behind) === backslash && text.charCodeAt(behind + 1) !== dot
  return isPath ? undefined : { start: index, end: index + 2, meant: '.' }
}

function isNameSign(code: number): boolean {
  return isLetterOrDigit(code) || code === 0x2d || code === underscore || code === dot
}

/** Of a label: letters of any alphabet, digits, underscores. */
function isOfWord(code: number): boolean {
  return isLetterOrDigit(code) || code === underscore || code > 127
}

function isBetweenWords(text: string, start: number, end: number): boolean {
  return isOfWord(text.charCodeAt(start - 1)) && isOfWord(text.charCodeAt(end))
}

/** `e[v]il`, of one letter; `a[0].b` and `f(x)` are code. */
function isWithinWord(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1)
  return (
    text.charCodeAt(start) === 0x5b &&
    isLetter(text.charCodeAt(start + 1)) &&
    isLetter(before) &&
    isLetter(text.charCodeAt(end)) &&
    !isDigit(before)
  )
}

function kindAt(text: string, index: number): number {
  return index < text.length ? (kinds[text.charCodeAt(index)] ?? 0) : 0
}
