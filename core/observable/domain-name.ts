import { domainToASCII } from 'node:url'

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * A host name of any number of labels in its one spelling: lower case, no trailing dot, international names as
 * punycode. Underscores are let through, because the DNS has them. Undefined for anything else, addresses included.
 */
export function asciiName(text: string): string | undefined {
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
