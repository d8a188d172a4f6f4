import { describe, expect, it } from 'vitest'
import { seeded } from '../../../core/observable/seeded.ts'
import { valuesInPattern } from './stix-pattern.ts'

describe('the values of a STIX pattern', () => {
  it.each([
    ["[ipv4-addr:value = '203.0.113.1']", ['ip 203.0.113.1 indicator']],
    ["[ipv4-addr:value='203.0.113.1']", ['ip 203.0.113.1 indicator']],
    ["[ipv4-addr:value ISSUBSET '198.51.100.0/24']", ['ip 198.51.100.0/24 indicator']],
    [
      "[domain-name:value IN ('a.example', 'b.example') AND url:value = 'http://a.example/x']",
      ['host a.example indicator', 'host b.example indicator', 'url http://a.example/x indicator'],
    ],
    ["[file:hashes.'SHA-256' = 'aa' OR file:hashes.MD5 = 'bb']", ['hash aa indicator', 'hash bb indicator']],
    ["[network-traffic:src_ref.value = '203.0.113.1']", ['host 203.0.113.1 source']],
    ["[network-traffic:dst_ref.value = 'c2.example']", ['host c2.example target']],
    ["[windows-registry-key:key = 'HKLM\\\\Run']", ['registry HKLM\\Run indicator']],
    ["[file:name = 'it\\'s.exe'] REPEATS 5 TIMES", ["filename it's.exe indicator"]],
    ['[autonomous-system:number = 64500]', ['autonomous-system 64500 indicator']],
    ["[domain-name:value != 'good.example']", []],
    ["[domain-name:value NOT = 'good.example' OR domain-name:value NOT IN ('x.example')]", []],
    ["[domain-name:value LIKE '%.example' OR file:name MATCHES '^a+$']", []],
    ["[x-own:thing = 'domain-name:value = 1']", []],
    ['[ipv4-addr:value = ', []],
    ["[ipv4-addr:value = 'unclosed", ['ip unclose indicator']],
  ])('%s', (pattern, expected) => {
    const found = valuesInPattern(pattern)
    expect(found.map(({ type, value, role }) => `${type} ${value} ${role}`)).toEqual(expected)
  })

  it('are told with their places', () => {
    const pattern = "[ipv4-addr:value = '203.0.113.1']"
    const [found] = valuesInPattern(pattern)
    expect(pattern.slice(found?.start, found?.end)).toBe("'203.0.113.1'")
  })

  it('are read out of any text, without an error', () => {
    const pieces = [
      "'",
      '\\',
      '[',
      ']',
      '(',
      ')',
      ' IN ',
      ' = ',
      '!=',
      'ipv4-addr:value',
      'file:hashes.',
      'x',
      ' ',
      ',',
    ]
    const random = seeded(5)
    for (let round = 0; round < 2000; round++) {
      const pattern = random.textOf(pieces, 30)
      for (const { start, end } of valuesInPattern(pattern)) expect(pattern.slice(start, end).length).toBeGreaterThan(0)
    }
    expect(valuesInPattern(`[${"ipv4-addr:value = 'x' OR ".repeat(20_000)}`)).toHaveLength(500)
  })
})
