import { isIP } from 'node:net'
import { describe, expect, it } from 'vitest'
import { contains, formatIp, parseIp, parseNetwork } from './ip-address.ts'
import { seeded } from './seeded.ts'

describe('an address', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::00a1', '2001:db8::a1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('%s is written %s', (text, canonical) => {
    const ip = parseIp(text)
    expect(ip && formatIp(ip)).toBe(canonical)
  })

  it.each([
    ...['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', '1.2.3.4 ', '0x7f.0.0.1', '1.2.3.+4'],
    ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8', '12345::', 'g::', '::1.2.3'],
    ...['::1.2.3.4:5', '[::1]', '1:2:3:4:5:6:7:'],
  ])('is not "%s"', text => {
    expect(parseIp(text)).toBeUndefined()
  })

  it('is what Node takes for one', () => {
    const { textOf } = seeded(5)
    let addresses = 0
    for (let round = 0; round < 20_000; round++) {
      const text = textOf(['1', '0', 'ffff', 'A', ':', ':', ':', '::', '.', '2.3', '1.2.3.4'], 14)
      expect([text, parseIp(text) !== undefined]).toEqual([text, isIP(text) !== 0])
      if (isIP(text) !== 0) addresses++
    }
    expect(addresses).toBeGreaterThan(100)
  })
})

describe('a network', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.9.9.9/8', '10.0.0.1', true],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '::1', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.6', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::/0', '2001:db8::1', true],
    ['::ffff:192.0.2.0/120', '192.0.2.99', true],
  ])('%s and %s: %s', (network, address, isInside) => {
    const [outer, ip] = [parseNetwork(network), parseIp(address)]
    expect(outer && ip && contains(outer, ip)).toBe(isInside)
  })

  it.each(['10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '/8', 'x/8', '::ffff:1.2.3.4/64'])(
    'is not %s',
    text => {
      expect(parseNetwork(text)).toBeUndefined()
    },
  )
})
