import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** Regular expressions as they are written in code: behind what a value may follow, before flags. */
const literal = /(?<=(?:[(,=:[!&|?{};]|return|^)\s*)\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])+)\/([gimsuy]*)/gm

/** Every pattern of this folder's code, comments left out. */
function patterns(): { readonly file: string; readonly source: string; readonly flags: string }[] {
  const folder = new URL('.', import.meta.url)
  const files = readdirSync(folder).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  return files.flatMap(file => {
    const code = readFileSync(new URL(file, folder), 'utf8').replace(/^\s*(?:\/\*\*.*|\*.*|\/\/.*)$/gm, '')
    return [...code.matchAll(literal)].map(([, source = '', flags = '']) => ({ file, source, flags }))
  })
}

/** Whether a group that is repeated without bound holds a repetition without bound: then a text may be divided in countless ways. */
function isNested(source: string): boolean {
  const groups: boolean[] = [false]
  const bare = source.replace(/\\./g, 'x').replace(/\[(?:[^\]])*\]/g, 'x')
  let closed = false
  for (let index = 0; index < bare.length; index++) {
    const rest = bare.slice(index)
    const isUnbounded = /^(?:[*+]|\{\d+,\})/.test(rest)
    if (rest.startsWith('(')) {
      groups.push(false)
      // The mark behind it is no repetition.
      if (rest.startsWith('(?')) index++
    } else if (rest.startsWith(')')) {
      closed = groups.pop() ?? false
      if (closed) groups[groups.length - 1] = true
      if (/^\)(?:[*+]|\{\d+,\})/.test(rest) && closed) return true
    } else if (isUnbounded) groups[groups.length - 1] = true
  }
  return false
}

describe('the patterns that observables are found by', () => {
  it('are found by this test, and are patterns', () => {
    const all = patterns()
    expect(all.length).toBeGreaterThan(50)
    for (const { source, flags } of all) expect(() => new RegExp(source, flags)).not.toThrow()
  })

  it('never repeat without bound what repeats without bound', () => {
    expect(patterns().filter(({ source }) => isNested(source))).toEqual([])
  })

  it.each([
    ['(a+)+', true],
    ['(?:a|b*)*c', true],
    ['((?:x{2,})y)+', true],
    ['(?:a{1,9})+', false],
    ['[(a+)]+', false],
    ['(?:ab)+c+', false],
  ])('tells of %s: %s', (source, nested) => {
    expect(isNested(source)).toBe(nested)
  })
})
