import { describe, expect, it } from 'vitest'
import { canonicalJson, deepestNesting } from './canonical.ts'
import { isVigiaError } from './errors.ts'

describe('canonical JSON', () => {
  it.each([
    ['sorts keys at every depth', { b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
    ['keeps the order of arrays', [3, 1, 2], '[3,1,2]'],
    ['leaves out what is undefined', { a: undefined, b: null }, '{"b":null}'],
    ['writes -0 as 0', [-0], '[0]'],
    ['escapes as JSON does', { 'ñ"': 'a\nb' }, '{"ñ\\"":"a\\nb"}'],
    ['writes undefined itself as null', undefined, 'null'],
    ['sorts by code unit, not by locale', { é: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"é":1}'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it('keeps a key named __proto__ as a key', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}')
  })

  it('refuses what is nested too deep, with a code, instead of overflowing the stack', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
    let thrown: unknown
    try {
      canonicalJson(deep)
    } catch (error) {
      thrown = error
    }
    expect(isVigiaError(thrown, 'VIG_ALERT_INVALID')).toBe(true)
    expect(canonicalJson(JSON.parse('['.repeat(deepestNesting) + ']'.repeat(deepestNesting)))).toHaveLength(256)
  })
})
