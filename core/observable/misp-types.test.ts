import { describe, expect, it } from 'vitest'
import { observablesOfMisp, observableTypesOfMisp, toMisp } from './misp-types.ts'
import { observableTypes } from './types.ts'

const md5 = '9d9af54a1f529906a03112636f642478'

describe('the observables of a MISP attribute', () => {
  it.each([
    ['ip-dst', '203.0.113.7/32', ['ip', '203.0.113.7']],
    ['ip-src', '198.51.100.0/24', ['cidr', '198.51.100.0/24']],
    ['ip-dst|port', '203.0.113.7|443', ['ip', '203.0.113.7']],
    ['ip-dst|port', '2001:db8::1|443', ['ip', '2001:db8::1']],
    ['domain', 'Evil.COM.', ['domain', 'evil.com']],
    ['hostname|port', 'evil.com|8080', ['domain', 'evil.com']],
    ['domain|ip', 'Pair.NET|198.51.100.7', ['domain', 'pair.net'], ['ip', '198.51.100.7']],
    ['url', 'hxxp://evil[.]com/a|b', ['url', 'http://evil.com/a|b']],
    ['email-src', 'Bob@Evil.com', ['mail', 'bob@evil.com']],
    ['email-subject', 'Your invoice', ['mail-subject', 'Your invoice']],
    ['md5', md5.toUpperCase(), ['hash', md5]],
    ['filename|md5', `a b.exe|${md5}`, ['filename', 'a b.exe'], ['hash', md5]],
    ['malware-sample', `odd|name.exe|${md5}`, ['filename', 'odd|name.exe'], ['hash', md5]],
    ['filename|imphash', `x.exe|${md5}`, ['filename', 'x.exe'], ['imphash', md5]],
    ['regkey|value', 'HKLM\\Run|x', ['registry', 'HKEY_LOCAL_MACHINE\\run']],
    ['filename|pehash', `x.exe|${md5}`, ['filename', 'x.exe'], ['other', md5]],
    ['ja3-fingerprint-md5', md5.toUpperCase(), ['ja3', md5]],
    ['tlsh', `t1${'0a'.repeat(35)}`, ['tlsh', `T1${'0A'.repeat(35)}`]],
    ['iban', 'DE89 3704 0044 0532 0130 00', ['iban', 'DE89370400440532013000']],
    ['AS', 'AS64500', ['autonomous-system', '64500']],
    ['vulnerability', 'cve-2024-3094', ['cve', 'CVE-2024-3094']],
  ] as const)('%s %s', (type, value, ...observables) => {
    expect(observablesOfMisp(type, value)?.map(each => [each.type, each.value])).toEqual(observables)
  })

  it('keeps the half that fits', () => {
    expect(observablesOfMisp('domain|ip', 'evil.com|not an address')).toEqual([{ type: 'domain', value: 'evil.com' }])
  })

  it.each([
    ['yara', 'rule x {}'],
    ['ip-dst', 'not an address'],
    ['constructor', 'x'],
    ['md5', 'abc'],
  ])('is none for %s %s', (type, value) => {
    expect(observablesOfMisp(type, value)).toBeUndefined()
  })
})

describe('the types that a MISP type stands for', () => {
  it.each([
    ['domain', ['domain', 'fqdn']],
    ['ip-src', ['ip', 'cidr']],
    ['filename|sha256', ['filename', 'hash']],
    ['yara', []],
  ])('%s', (type, ours) => {
    expect(observableTypesOfMisp(type)).toEqual(ours)
  })
})

describe('the MISP type of an observable', () => {
  it.each([
    ['ip', '203.0.113.7', 'ip-dst'],
    ['fqdn', 'www.evil.com', 'hostname'],
    ['hash', md5, 'md5'],
    ['hash', 'a'.repeat(64), 'sha256'],
    ['hash', 'a'.repeat(128), 'sha512'],
    ['user-agent', 'curl', 'user-agent'],
    ['uri_path', '/gate.php', 'uri'],
    ['other', 'x', 'other'],
    ['imphash', md5, 'imphash'],
    ['ja3s', md5, 'ja3-fingerprint-md5'],
    ['btc', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'btc'],
    ['mitre-technique', 'T1059', 'text'],
  ] as const)('%s %s is written as %s', (type, value, mispType) => {
    expect(toMisp(type, value)).toBe(mispType)
  })

  it('is there for every type', () => {
    expect(observableTypes.filter(type => typeof toMisp(type, '') !== 'string')).toEqual([])
  })
})
