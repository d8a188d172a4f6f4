import { describe, expect, it } from 'vitest'
import { instantAt, leavesOf, objectsAt, textAt, textsAt, valueAt } from './field-walk.ts'

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

  it('are gathered through lists, nested or literal', () => {
    const threat = [{ technique: [{ id: 'T1' }, { id: ['T2', 'T1'] }] }, { 'technique.id': 'T3' }, 7]
    expect(textsAt({ 'rule.threat': threat }, ['rule.threat.technique.id', 'nothing'])).toEqual(['T1', 'T2', 'T3'])
    expect(objectsAt({ rule: { threat } }, ['rule.threat']).map(({ path }) => path)).toEqual([
      ...['rule.threat[0]', 'rule.threat[1]'],
    ])
    const deep: unknown = JSON.parse(`${'['.repeat(5000)}"x"${']'.repeat(5000)}`)
    expect(textsAt({ a: deep }, ['a'])).toEqual([])
  })

  it('are read as a time, the first that is one', () => {
    expect(instantAt({ a: 'soon', b: ['2026-03-04T10:00:00Z'] }, ['a', 'b'])).toBe(Date.UTC(2026, 2, 4, 10))
    expect(instantAt({ a: 'soon' }, ['a', 'c'])).toBeUndefined()
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
