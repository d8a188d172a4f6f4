import { expect, it } from 'vitest'
import { canonicalUrl, splitUrl } from './url.ts'

it('A URL is split into its parts', () => {
  expect(splitUrl('HTTPS://u:p@x@[2001:db8::1]:8443/A?b=c@d:1')).toEqual({
    scheme: 'https',
    userinfo: 'u:p@x',
    host: '[2001:db8::1]',
    port: '8443',
    rest: '/A?b=c@d:1',
  })
})

it.each(['evil.com', '://evil.com', '1http://evil.com', 'http://a:b:c/'])('%s is no URL', text => {
  expect(splitUrl(text)).toBeUndefined()
})

it.each([
  ['http://evil.com', 'http://evil.com/'],
  ['http://evil.com?q', 'http://evil.com/?q'],
  ['http://evil.com#f', 'http://evil.com/'],
  ['http://evil.com:080/', 'http://evil.com/'],
  ['http://evil.com:/', 'http://evil.com/'],
  ['https://evil.com:80/', 'https://evil.com:80/'],
  // What stands before the @ is no host, and a browser ends the host at a backslash.
  ['http://10.0.0.1@evil.com/', 'http://10.0.0.1@evil.com/'],
  ['http://10.0.0.1\\@evil.com/', 'http://10.0.0.1/@evil.com/'],
  ['http://evil.com/a b', 'http://evil.com/a%20b'],

  ['http://evil.com/a\nb', 'http://evil.com/ab'],
  ['http://[::ffff:10.0.0.1]/', 'http://10.0.0.1/'],
])('%j is written %s', (text, url) => {
  expect(canonicalUrl(text)).toBe(url)
})

it.each([
  'http:///a',
  'http://[::1/',
  'http://a..b/',
  'http://evil.com:65536/',
  'http://evil.com/\u0001b',
  'http://e vil.com/',
])('%j has no canonical form', text => {
  expect(canonicalUrl(text)).toBeUndefined()
})
