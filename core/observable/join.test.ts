import { describe, expect, it } from 'vitest'
import { isJoinable } from './join.ts'
import { observableKey } from './key.ts'
import { type ObservableFlag, type ObservableType, observableTypes, type Role } from './types.ts'

const joining: readonly ObservableType[] = ['ip', 'domain', 'fqdn', 'url', 'hash', 'mail']

function asked(type: ObservableType, role: Role = 'source', flags: readonly ObservableFlag[] = []) {
  return isJoinable({ type, role, flags })
}

describe('what joins alerts', () => {
  it.each(observableTypes.map(type => [type, joining.includes(type)] as const))('%s: %s', (type, joins) => {
    expect(asked(type).joins).toBe(joins)
  })

  it.each([
    ['source', true],
    ['target', true],
    ['indicator', true],
    ['observer', false],
    ['mentioned', false],
  ] as const)('the role %s: %s', (role, joins) => {
    expect(asked('ip', role).joins).toBe(joins)
  })

  it.each([
    ['private', 'private'],
    ['loopback', 'loopback'],
    ['reserved', 'reserved'],
    ['own', 'own'],
    ['empty-file', 'empty-file'],
    ['file-like', 'file-like'],
    ['warninglist:Top 1000', 'warninglist Top 1000'],
  ] as const)('nothing that is marked %s, and it says so', (flag, because) => {
    expect(asked('hash', 'indicator', [flag])).toEqual({ joins: false, because })
  })
})

describe('the key of an observable', () => {
  it('is type and value, with the value last', () => {
    expect(observableKey({ type: 'url', value: 'http://a/|' })).toBe('url|http://a/|')
  })
})
