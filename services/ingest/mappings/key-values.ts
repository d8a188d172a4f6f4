import type { JsonObject } from '../json-object.ts'

const longestText = 64 * 1024
const longestKey = 128

/**
 * The fields of a text `epoch, key="value", key="value"`, as Splunk writes what it summarises (contract 6.6). A key that
 * stands again has all its values, as a list. Quotes inside a value are escaped by a backslash. Linear in the text.
 */
export function keyValuesIn(given: string): JsonObject {
  const text = given.slice(0, longestText)
  const fields = new Map<string, string[]>()
  for (let at = text.indexOf('="'); at !== -1; ) {
    const end = closingQuote(text, at + 2)
    if (end === -1) break
    const key = keyBefore(text, at)
    const value = text.slice(at + 2, end).replaceAll(/\\(["\\])/g, '$1')
    if (key !== '') fields.set(key, [...(fields.get(key) ?? []), value].slice(0, 100))
    at = text.indexOf('="', end + 1)
  }
  return Object.fromEntries([...fields].map(([key, values]) => [key, values.length === 1 ? values[0] : values]))
}

function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return -1
}

function keyBefore(text: string, end: number): string {
  let begin = end
  while (begin > 0 && end - begin < longestKey && /[\w.:@-]/.test(text[begin - 1] ?? '')) begin -= 1
  return text.slice(begin, end)
}
