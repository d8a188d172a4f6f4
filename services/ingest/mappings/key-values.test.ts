import { describe, expect, it } from 'vitest'
import { keyValuesIn } from './key-values.ts'

describe('the fields of a text of pairs', () => {
  it.each([
    ['1772615520, a="1", b.c="x y", a="2"', { a: ['1', '2'], 'b.c': 'x y' }],
    ['q="said \\"hello\\", \\\\o/" z="="', { q: 'said "hello", \\o/', z: '=' }],
    ['nothing here', {}],
    ['="no key"', {}],
    ['open="', {}],
    ['__proto__="x", constructor="y"', { ['__proto__']: 'x', constructor: 'y' }],
  ])('%s', (text, expected) => {
    expect(Object.entries(keyValuesIn(text))).toEqual(Object.entries(expected))
  })

  it('are bounded for hostile texts', () => {
    expect(keyValuesIn(`${'k'.repeat(60_000)}="v"`)).toEqual({ ['k'.repeat(128)]: 'v' })
    expect(keyValuesIn('a="x",'.repeat(20_000)).a).toHaveLength(100)
  })
})
