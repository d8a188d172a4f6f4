/**
 * The elements of a Python list as `str()` writes it (`"['192.0.2.1', 'a']"`), which is what ElastAlert2 sends for a list
 * field; numbers as text, `None` and nested values left out. `undefined` where the text is no such list.
 */
export function pythonListOf(text: string): string[] | undefined {
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined
  const elements: string[] = []
  let at = 1
  while (at < text.length - 1) {
    const element = elementAt(text, at)
    if (element === undefined) return undefined
    if (element.value !== undefined) elements.push(element.value)
    at = element.behind
    if (at >= text.length - 1) break
    if (text.charAt(at) !== ',') return undefined
    at++
    while (text.charAt(at) === ' ') at++
  }
  return elements
}

type Element = { readonly value: string | undefined; readonly behind: number }

function elementAt(text: string, at: number): Element | undefined {
  const quote = text.charAt(at)
  if (quote === "'" || quote === '"') return quoted(text, at, quote)
  const bare = /(?:(-?\d[\w.+-]*)|None|True|False)/y
  bare.lastIndex = at
  const found = bare.exec(text)
  return found ? { value: found[1], behind: bare.lastIndex } : undefined
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function quoted(text: string, start: number, quote: string): Element | undefined {
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === quote) return { value, behind: at + 1 }
    if (char !== '\\') {
      value += char
      continue
    }
    const code = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(text.slice(at + 1, at + 6))
    const hex = code?.[1] ?? code?.[2]
    value += hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[text.charAt(at + 1)] ?? text.charAt(at + 1))
    at += code ? code[0].length : 1
  }
  return undefined
}

/** Whether a text is a Python dict, or a list with one: a tag that ElastAlert2 resolved to a whole object. */
export function isPythonDict(text: string): boolean {
  return /^\[?\{['"]/.test(text) && /\}\]?$/.test(text)
}
