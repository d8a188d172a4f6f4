import { expect, it } from 'vitest'
import { asciiName, domainName, suffixesOf } from './domain-name.ts'

it.each([
  ['Evil.COM', 'evil.com'],
  ['evil.com.', 'evil.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['пример。рф', 'xn--e1afmkfd.xn--p1ai'],
  ['_sip._tcp.evil.com', '_sip._tcp.evil.com'],
  ['dc01', 'dc01'],
])('The name %s is written %s', (text, name) => {
  expect(asciiName(text)).toBe(name)
})

it.each([
  '',
  '.',
  'a..b',
  '-a.com',
  'a-.com',
  'a b.com',
  '1.2.3.4',
  'a.7',
  'a.0x1f',
  'a/b',
  'é%41.com',
  'a'.repeat(300),
])('"%s" is no name', text => {
  expect(asciiName(text)).toBeUndefined()
})

it('A domain has two labels at least', () => {
  expect([domainName('dc01'), domainName('evil.com')]).toEqual([undefined, 'evil.com'])
})

it('A name lies below all its ends', () => {
  expect([...suffixesOf('a.b.com')]).toEqual(['a.b.com', 'b.com', 'com'])
})
