import { describe, expect, it } from 'vitest'
import { parsePath } from './path.ts'
import { parseSaying } from './said.ts'

const body = {
  'rule.name': 'dotted',
  rule: { id: 7, tags: ['a', 'b'], none: null },
  evidence: [
    { '@odata.type': '#x.ipEvidence', ipAddress: '203.0.113.1', roles: ['source', 'attacker'] },
    { '@odata.type': '#x.urlEvidence', url: 'http://x.example/', roles: [] },
    null,
    { '@odata.type': '#x.ipEvidence', ipAddress: '203.0.113.2', refs: ['b'] },
  ],
  one: { kind: 'only', value: 1 },
  wanted: { ids: ['b', 'c'] },
}
const scopes = [{ prefix: '', body }]

describe('a path of a mapping', () => {
  it.each([
    ['rule.name', ['rule.name=dotted']],
    ['rule.id', ['rule.id=7']],
    ['rule.none', []],
    ['rule.nothing', []],
    ['constructor', []],
    ['rule.tags', ['rule.tags=a,b']],
    ['rule.tags[]', ['rule.tags[0]=a', 'rule.tags[1]=b']],
    ['rule.tags[1]', ['rule.tags[1]=b']],
    ['rule.tags[9]', []],
    ['evidence[].ipAddress', ['evidence[0].ipAddress=203.0.113.1', 'evidence[3].ipAddress=203.0.113.2']],
    ['evidence[@odata.type=#x.urlEvidence].url', ['evidence[1].url=http://x.example/']],
    ['evidence[@odata.type=#x.ipEvidence][roles=attacker].ipAddress', ['evidence[0].ipAddress=203.0.113.1']],
    ['evidence[refs in wanted.ids].ipAddress', ['evidence[3].ipAddress=203.0.113.2']],
    ['one[].value', ['one.value=1']],
    ['one[kind=only].value', ['one.value=1']],
  ])('%s leads to %j', (text, expected) => {
    expect(
      parsePath(text)
        .places(scopes)
        .map(({ path, value }) => `${path}=${value}`),
    ).toEqual(expected)
    expect(parsePath(text).isThere(scopes)).toBe(expected.length > 0)
  })

  it('is looked up in the first scope that has it, and tells its place', () => {
    const inner = { prefix: 'object', body: { a: 1, none: null } }
    const both = [inner, { prefix: '', body: { a: 2, none: 3, object: inner.body } }]
    expect(parsePath('a').places(both)).toEqual([{ path: 'object.a', value: 1 }])
    expect(parsePath('none').places(both)).toEqual([{ path: 'none', value: 3 }])
  })

  it('has a bound, however many there are', () => {
    const long = { a: Array.from({ length: 3000 }, () => ({ b: ['x', 'y'] })) }
    expect(parsePath('a[].b[]').places([{ prefix: '', body: long }])).toHaveLength(1000)
  })

  it.each(['', '[]', 'a[', 'a]', 'a[x', 'a[]b', 'a..b[]', 'a.', '.a', 'a[]..b', 'a[nonsense]', 'a {b}', 'a[=b]'])(
    'is refused where it is %j',
    text => {
      expect(() => parsePath(text)).toThrow(Error)
    },
  )
})

describe('a text of a mapping', () => {
  it.each([
    ['rule.name', 'dotted', ['rule.name']],
    ['rule.tags', 'a', ['rule.tags']],
    ['{rule.name} ({rule.id})', 'dotted (7)', ['rule.name', 'rule.id']],
    ['{evidence[1].url}!', 'http://x.example/!', ['evidence[1].url']],
    ['rule.name beside rule.none or rule.id', 'dotted', ['rule.name']],
    ['{rule.name} beside {rule.id}', 'dotted beside 7', ['rule.name', 'rule.id']],
  ])('%s says %s', (text, expected, from) => {
    expect(parseSaying(text).said(scopes)).toEqual({ text: expected, from })
  })

  it.each(['rule.none', 'rule', '{rule.name} {rule.nothing}', 'rule.name beside rule.none or x'])(
    '%s says nothing where a part is not there',
    text => {
      expect(parseSaying(text).said(scopes)).toBeUndefined()
    },
  )

  it.each(['{', '{}', 'a {b', 'a } {b}', '{a}}', 'a beside [', ' beside a'])('%s is refused', text => {
    expect(() => parseSaying(text)).toThrow(Error)
  })
})
