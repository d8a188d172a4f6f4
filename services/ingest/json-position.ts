/** Where a text stops being JSON (0-based, in characters) and what stands there, without quoting the sender's data. */
export type NotJson = { readonly position: number; readonly found: string }

const words = ['NaN', '-Infinity', 'Infinity', 'None', 'True', 'False', 'undefined']

/** The first error of a text that `JSON.parse` refused; V8's own message names no position in short texts. */
export function whereNotJson(text: string): NotJson {
  const open: ('{' | '[')[] = []
  let at = 0
  let expects: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' = 'value'

  const blank = () => {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  }
  const stop = (position = at): NotJson => ({ position, found: foundAt(text, position) })

  for (;;) {
    blank()
    const char = text.charAt(at)
    if (char === '') return stop()
    if (expects === 'comma or end') {
      const inside = open.at(-1)
      if (inside === undefined) return { position: at, found: 'text behind the end of the JSON' }
      if (char === ',') {
        expects = inside === '{' ? 'key' : 'value'
      } else if (char === (inside === '{' ? '}' : ']')) {
        open.pop()
      } else {
        return stop()
      }
      at++
    } else if (expects === 'colon') {
      if (char !== ':') return stop()
      at++
      expects = 'value'
    } else if (expects === 'key' || expects === 'key or }') {
      if (char === '}' && expects === 'key or }') {
        open.pop()
        at++
        expects = 'comma or end'
      } else {
        const end = char === '"' ? stringEnd(text, at) : { broken: at }
        if ('broken' in end) return stop(end.broken)
        at = end.behind
        expects = 'colon'
      }
    } else if (char === ']' && expects === 'value or ]') {
      open.pop()
      at++
      expects = 'comma or end'
    } else if (char === '{' || char === '[') {
      open.push(char)
      at++
      expects = char === '{' ? 'key or }' : 'value or ]'
    } else {
      const end = char === '"' ? stringEnd(text, at) : wordEnd(text, at)
      if ('broken' in end) return stop(end.broken)
      at = end.behind
      expects = 'comma or end'
    }
  }
}

type End = { readonly behind: number } | { readonly broken: number }

function stringEnd(text: string, start: number): End {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (Number.isNaN(code) || code < 0x20) return { broken: at }
    if (code === 0x22) return { behind: at + 1 }
    if (code !== 0x5c) continue
    const escaped = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6))
    if (!escaped) return { broken: at }
    at += escaped[0].length
  }
}

function wordEnd(text: string, start: number): End {
  const word = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y
  word.lastIndex = start
  return word.test(text) ? { behind: word.lastIndex } : { broken: start }
}

function foundAt(text: string, position: number): string {
  if (position >= text.length) return 'the text ends'
  const word = words.find(known => text.startsWith(known, position))
  if (word !== undefined) return `${word} is not JSON`
  const char = String.fromCodePoint(text.codePointAt(position) ?? 0)
  return `unexpected ${JSON.stringify(char)}`
}
