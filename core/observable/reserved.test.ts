import { describe, expect, it } from 'vitest'
import { isVigiaError } from '../errors.ts'
import { compileOwn, flagsOf } from './reserved.ts'
import type { ObservableType } from './types.ts'

const own = compileOwn({
  networks: ['198.51.100.0/24', '2001:db8:1::/48', '192.0.2.7'],
  domains: ['Acme.example', '*.bücher.example'],
})

describe('the flags of an observable', () => {
  it.each<[ObservableType, string, string]>([
    ['ip', '10.0.0.1', 'private'],
    ['ip', '172.16.0.1', 'private'],
    ['ip', '172.31.255.255', 'private'],
    ['ip', '172.32.0.0', ''],
    ['ip', '192.168.1.1', 'private'],
    ['ip', '100.64.0.1', 'private'],
    ['ip', '100.128.0.1', ''],
    ['ip', '169.254.169.254', 'private'],
    ['ip', 'fd00::1', 'private'],
    ['ip', 'fe80::1', 'private'],
    ['ip', '127.0.0.53', 'loopback'],
    ['ip', '::1', 'loopback'],
    ['ip', '0.0.0.0', 'reserved'],
    ['ip', '224.0.0.251', 'reserved'],
    ['ip', '255.255.255.255', 'reserved'],
    ['ip', '::', 'reserved'],
    ['ip', 'ff02::fb', 'reserved'],
    ['ip', '198.19.255.255', 'private'],
    ['ip', '198.20.0.0', ''],
    ['ip', '192.0.0.1', 'reserved'],
    ['ip', '192.88.99.1', 'reserved'],
    ['ip', '100::1', 'reserved'],
    ['ip', '64:ff9b::8.8.8.8', ''],
    ['ip', '64:ff9b::10.0.0.1', 'private'],
    ['ip', '64:ff9b::192.0.2.7', 'own'],
    ['ip', '64:ff9b:1::127.0.0.1', 'private loopback'],
    ['ip', '2002:0808:0808::1', ''],
    ['ip', '2002:c0a8:0101::1', 'private'],
    ['ip', '2001:0:0808:0808::f5ff:fffe', 'private'],
    ['ip', '2001:0:0808:0808::f7f7:f7f7', ''],
    ['cidr', '64:ff9b::/96', ''],
    ['ip', '8.8.8.8', ''],
    ['ip', '203.0.113.7', ''],
    ['ip', '2001:db8::1', ''],
    ['ip', '198.51.100.9', 'own'],
    ['ip', '192.0.2.7', 'own'],
    ['ip', '192.0.2.8', ''],
    ['ip', '2001:db8:1::9', 'own'],
    ['cidr', '10.1.0.0/16', 'private'],
    ['cidr', '8.0.0.0/6', ''],
    ['cidr', '198.51.100.128/25', 'own'],
    ['cidr', '198.51.0.0/16', ''],
    ['hostname', 'localhost', 'private'],
    ['hostname', 'dc01', 'private'],
    ['domain', 'printer.local', 'private'],
    ['fqdn', 'db.prod.internal', 'private'],
    ['fqdn', 'nas.home.arpa', 'private'],
    ['domain', 'home.arpa', 'private'],
    ['domain', 'evil.com', ''],
    ['domain', 'local.com', ''],
    ['domain', 'acme.example', 'own'],
    ['fqdn', 'www.acme.example', 'own'],
    ['domain', 'notacme.example', ''],
    ['fqdn', 'a.xn--bcher-kva.example', 'own'],
    ['url', 'http://10.0.0.1:8080/a', 'private'],
    ['url', 'http://user@www.acme.example/', 'own'],
    ['url', 'http://[::1]/', 'loopback'],
    ['url', 'https://evil.com/?u=localhost', ''],
    ['mail', 'root@localhost', 'private'],
    ['mail', 'a@acme.example', 'own'],
    ['mail', 'a@evil.com', ''],
    ['hash', 'd41d8cd98f00b204e9800998ecf8427e', 'empty-file'],
    ['hash', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'empty-file'],
    ['hash', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'empty-file'],
    [
      'hash',
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
      'empty-file',
    ],
    ['hash', '0'.repeat(32), ''],
    ['filename', 'localhost', ''],
  ])('of the %s %s are "%s"', (type, value, flags) => {
    expect(flagsOf({ type, value }, own).join(' ')).toBe(flags)
  })

  it('name both where a private network is also the own one', () => {
    const lan = compileOwn({ networks: ['10.0.0.0/8'], domains: [] })
    expect(flagsOf({ type: 'ip', value: '10.1.2.3' }, lan)).toEqual(['private', 'own'])
  })
})

it('Own networks and domains that are none are all named at once', () => {
  let thrown: unknown
  try {
    compileOwn({ networks: ['10.0.0.0/8', '10.0.0.0/33', '300.1.1.1'], domains: ['a b', 'fine.example'] })
  } catch (error) {
    thrown = error
  }
  expect(isVigiaError(thrown, 'VIG_CONFIG_INVALID')).toBe(true)
  expect(String(thrown)).toMatch(/"10\.0\.0\.0\/33".*"300\.1\.1\.1".*"a b"/)
  expect(String(thrown)).not.toContain('fine.example')
})
