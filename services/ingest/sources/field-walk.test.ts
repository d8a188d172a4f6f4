import { describe, expect, it } from 'vitest'
import { leavesOf, textAt, textsAt, valueAt } from './field-walk.ts'

describe('the fields of a document', () => {
  const mixed = { 'kibana.alert': { 'rule.name': 'r' }, 'event.kind': 'signal', event: { kind: 'x', id: [7, 8] } }

  it.each([
    ['kibana.alert.rule.name', 'r'],
    ['event.kind', 'signal'],
    ['event.id', [7, 8]],
    ['event.nothing', undefined],
    ['constructor', undefined],
    ['event.constructor', undefined],
  ])('are found nested and under literal dotted keys: %s', (path, value) => {
    expect(valueAt(mixed, path)).toEqual(value)
  })

  it('are read as text, the first that is one', () => {
    expect(textAt(mixed, ['event', 'event.id', 'event.kind'])).toBe('7')
    expect(textsAt(mixed, ['event.id', 'event.kind', 'event.kind'])).toEqual(['7', '8', 'signal'])
    expect(textAt({ a: '  ', b: null }, ['a', 'b'])).toBeUndefined()
  })

  it('are walked in order, with their places', () => {
    expect([...leavesOf({ a: { b: ['x', { c: 'y' }] }, d: '', e: 1, f: 'z' })]).toEqual([
      { path: 'a.b[0]', field: 'a.b', text: 'x' },
      { path: 'a.b[1].c', field: 'a.b.c', text: 'y' },
      { path: 'f', field: 'f', text: 'z' },
    ])
  })

  it('are walked up to a limit', () => {
    expect([...leavesOf({ a: Array.from({ length: 9000 }, () => 'x') })]).toHaveLength(5000)
  })
})
