import { domainToASCII } from 'node:url'

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * A host name of any number of labels in its one spelling: lower case, no trailing dot, international names as
 * punycode. Underscores are let through, because the DNS has them. Undefined for anything else, addresses included.
 */
export function asciiName(text: string): string | undefined {
  if (isPlainName(text)) return text.toLowerCase()
  // What is in ASCII is checked here already: `domainToASCII` would read `%41`.
  if (text.length > 1024 || /[^\w.\-\u0080-\uffff]/.test(text)) return undefined
  const trimmed = text.replace(/[.。．｡]$/u, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what ASCII is.
  const ascii = /^[\x00-\x7f]*$/.test(trimmed) ? trimmed.toLowerCase() : domainToASCII(trimmed)
  if (ascii === '' || ascii.length > 253) return undefined
  const labels = ascii.split('.')
  // A name whose last label is a number is an address to browsers, or nothing.
  return labels.every(each => label.test(each)) && !/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')
    ? ascii
    : undefined
}

/** Whether a text is a name as most are written, without a look at its case: told in one pass, without a regular expression. */
function isPlainName(text: string): boolean {
  const { length } = text
  if (length === 0 || length > 253) return false
  let start = 0
  for (let index = 0; index <= length; index++) {
    const code = index < length ? text.charCodeAt(index) : 0x2e
    if (code === 0x2e) {
      const isLabel = index > start && index - start <= 63 && text.charCodeAt(start) !== 0x2d
      if (!isLabel || text.charCodeAt(index - 1) === 0x2d) return false
      // A last label that begins with a digit may be a number: that is looked at closely.
      if (index === length && isDigit(text.charCodeAt(start))) return false
      start = index + 1
    } else if (!isLabelSign(code)) return false
  }
  return true
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isLabelSign(code: number): boolean {
  const letter = code | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || isDigit(code) || code === 0x2d || code === 0x5f
}

/** A name of two labels or more. */
export function domainName(text: string): string | undefined {
  const name = asciiName(text)
  return name?.includes('.') ? name : undefined
}

/** The name and all its parents, the nearest first: `a.b.com`, `b.com`, `com`. At most 127, as a name has no more labels. */
export function* suffixesOf(name: string): Generator<string> {
  yield name
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) yield name.slice(dot + 1)
}
