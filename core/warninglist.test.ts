import { describe, expect, it } from 'vitest'
import { compileWarninglists, skippedWarninglists, type Warninglist } from './warninglist.ts'

function listed(type: string, list: string[], matching?: string[]): (type: string, value: string) => boolean {
  const warninglist: Warninglist = { name: 'it', type, list, ...(matching ? { matching_attributes: matching } : {}) }
  const match = compileWarninglists([warninglist])
  return (asked, value) => match(asked, value).includes('it')
}

const names = ['domain', 'hostname', 'url', 'email-src']

describe('warninglists', () => {
  it.each([
    ['string', ['evil.com', 'Known.COM'], ['domain'], 'domain', 'known.com', true],
    ['string', ['evil.com'], ['domain'], 'domain', 'www.evil.com', false],
    ['string', ['evil.com'], ['domain'], 'fqdn', 'evil.com', true],
    ['string', ['evil.com'], ['domain'], 'url', 'http://evil.com/', false],
    ['string', ['D41D8CD98F00B204E9800998ECF8427E'], ['md5'], 'hash', 'd41d8cd98f00b204e9800998ecf8427e', true],
    ['string', ['Setup.exe'], ['filename|sha1'], 'filename', 'setup.exe', false],
    ['string', ['http://evil.com'], ['url'], 'url', 'http://evil.com/', true],
    ['substring', ['/wpad', ''], ['url'], 'url', 'http://a.com/wpad.dat', true],
    ['substring', ['/wpad', ''], ['url'], 'url', 'http://a.com/x', false],
    ['hostname', ['Example.com'], names, 'domain', 'example.com', true],
    ['hostname', ['example.com'], names, 'fqdn', 'a.b.example.com', true],
    ['hostname', ['example.com'], names, 'domain', 'notexample.com', false],
    ['string', ['wpad'], ['hostname'], 'hostname', 'wpad', true],
    ['hostname', ['example.com'], names, 'url', 'http://u:p@www.example.com:8080/x?evil.com', true],
    ['hostname', ['example.com'], names, 'url', 'http://evil.com/example.com', false],
    ['hostname', ['.example.com'], names, 'mail', 'bob@example.com', true],
    ['hostname', ['example.com'], names, 'ip', '192.0.2.1', false],
    ['cidr', ['192.0.2.0/24', '2001:db8::/32'], ['ip-dst'], 'ip', '192.0.2.77', true],
    ['cidr', ['192.0.2.0/24', '2001:db8::/32'], ['ip-dst'], 'ip', '192.0.3.1', false],
    ['cidr', ['192.0.2.0/24', '2001:db8::/32'], ['ip-dst'], 'ip', '2001:db8:1::1', true],
    ['cidr', ['192.0.2.9', 'nonsense'], ['ip-dst|port'], 'ip', '192.0.2.9', true],
    ['cidr', ['192.0.2.0/24'], ['ip-dst'], 'cidr', '192.0.2.0/25', true],
    ['cidr', ['192.0.2.0/24'], ['ip-dst'], 'cidr', '192.0.0.0/16', false],
    ['cidr', ['0.0.0.0/0'], ['ip-dst'], 'ip', '2001:db8::1', false],
    ['cidr', ['192.0.2.0/24'], ['ip-dst', 'url'], 'url', 'http://192.0.2.1/x', true],
    ['string', ['x'], ['ALL'], 'other', 'x', true],
    ['string', ['x'], undefined, 'other', 'x', true],
    ['regex', ['/.*/'], ['ALL'], 'other', 'x', false],
  ] as const)('%s of %j on %j: %s %s is listed: %s', (type, list, matching, asked, value, hit) => {
    expect(listed(type, [...list], matching && [...matching])(asked, value)).toBe(hit)
  })

  it('names every list that is hit', () => {
    const lists = [
      { name: 'one', type: 'string', list: ['a.com'] },
      { name: 'two', type: 'hostname', list: ['b.com'] },
      { name: 'three', type: 'hostname', list: ['com'] },
    ]
    expect(compileWarninglists(lists)('domain', 'a.com')).toEqual(['one', 'three'])
  })

  it('says which lists it does not ask', () => {
    const lists = [
      { name: 'numbers', type: 'regex', list: ['/(a+)+$/'] },
      { name: 'one', type: 'cidr', list: [] },
    ]
    expect(skippedWarninglists(lists)).toEqual(['numbers'])
    expect(compileWarninglists(lists)('other', 'a'.repeat(100))).toEqual([])
  })
})
