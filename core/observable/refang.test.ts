import { describe, expect, it } from 'vitest'
import { defang, defangStyles } from './defang.ts'
import { normalise } from './normalise.ts'
import { refang, refangWithOrigin } from './refang.ts'
import { seeded } from './seeded.ts'

describe('refang', () => {
  it.each([
    ['hxxp://evil[.]com/a', 'http://evil.com/a'],
    ['hXXps[:]//evil(.)com', 'https://evil.com'],
    ['hxxps[://]evil{.}com', 'https://evil.com'],
    ['evil[dot]com', 'evil.com'],
    ['evil(DOT)com', 'evil.com'],
    ['bob[at]evil[.]com', 'bob@evil.com'],
    ['bob(at)evil.com', 'bob@evil.com'],
    ['bob[@]evil.com', 'bob@evil.com'],
    ['2001[:]db8[:][:]1', '2001:db8::1'],
    ['1[.]2[.]3[.]4', '1.2.3.4'],
    ['evil[[.]]com', 'evil.com'],
    ['evil{dot}com', 'evil.com'],
    ['bob{at}evil.com', 'bob@evil.com'],
    ['evil[.com', 'evil.com'],
    ['evil.]com', 'evil.com'],
    ['evil dot]com', 'evil.com'],
    ['evil\\.com', 'evil.com'],
    ['evil [.] com', 'evil.com'],
    ['evil[ . ]com', 'evil.com'],
    ['bob (at) evil (dot) com', 'bob@evil.com'],
    ['bob at mail dot evil dot com', 'bob@mail.evil.com'],
    ['203 . 0 . 113 . 7', '203.0.113.7'],
    ['evil・com', 'evil.com'],
    ['e[v]il.com', 'evil.com'],
    ['hxtp://a.com htxps://a.com meow://a.com h**p://a.com', 'http://a.com https://a.com http://a.com http://a.com'],
    ['h[tt]p://a.com h[tt]ps://a.com', 'http://a.com https://a.com'],
    ['ftx://a.com fxp://a.com', 'ftp://a.com ftp://a.com'],
    ['[hxxp://]a.com', 'http://a.com'],
    ['http:[/][/]a.com(/)b', 'http://a.com(/)b'],
    ['http__a.com hxxp:__a.com hxxp:\\\\a.com', 'http://a.com http://a.com http://a.com'],
    ['http:\\/\\/a.com\\/b', 'http://a.com/b'],
    ['hxxp://evil,com/a,b', 'http://evil.com/a,b'],
    // What is not plainly meant stays.
    ['http://[::1]/', 'http://[::1]/'],
    ['a[0].b', 'a[0].b'],
    ['xhxxp://a.com', 'xhxxp://a.com'],
    ['hxxp is a word', 'hxxp is a word'],
    ['evil dot com', 'evil dot com'],
    ['f(dotted)', 'f(dotted)'],
    ['f(x) a(:)', 'f(x) a(:)'],
    ['C:\\Users\\.ssh\\id', 'C:\\Users\\.ssh\\id'],
    ['the end . Of it', 'the end . Of it'],
    ['a__b x\\\\y', 'a__b x\\\\y'],
    ['http://a.com/,http://b.com/', 'http://a.com/,http://b.com/'],
  ])('reads %s as %s', (text, meant) => {
    expect(refang(text)).toBe(meant)
  })

  it('changes nothing the second time', () => {
    const { textOf } = seeded(7)
    for (let round = 0; round < 20_000; round++) {
      const once = refang(
        textOf(
          [
            '[',
            '(',
            '{',
            ']',
            ')',
            '}',
            '.',
            ':',
            '://',
            '@',
            'dot',
            'at',
            'hxxp',
            'a',
            '\\',
            ' ',
            '__',
            '/',
            'http',
            ',',
            'tt',
          ],
          12,
        ),
      )
      expect(refang(once)).toBe(once)
    }
  })

  it('knows where each character stood', () => {
    const text = 'see evil[.]com (at) hxxp[://]a[.]b now'
    const { text: clean, origin } = refangWithOrigin(text)
    expect(clean).toBe('see evil.com @ http://a.b now')
    for (const word of ['see', 'evil', 'com', 'a', 'now']) {
      const at = clean.search(new RegExp(`\\b${word}\\b`))
      expect(text.slice(origin(at), origin(at) + word.length)).toBe(word)
    }
  })

  it.each(['[', '[.', '([{', '[.]', '(at', 'hxxp', '[://]'])('comes to an end on 200,000 characters of %s', piece => {
    const text = piece.repeat(200_000 / piece.length)
    expect(refang(text).length).toBeLessThanOrEqual(text.length)
  })
})

describe('defang', () => {
  it.each([
    ['url', 'https://user@www.evil.com:8443/a.b?c.d', 'hxxps://user@www[.]evil[.]com:8443/a.b?c.d'],
    ['url', 'ftp://evil.com/', 'ftp://evil[.]com/'],
    ['domain', 'evil.com', 'evil[.]com'],
    ['ip', '203.0.113.7', '203[.]0[.]113[.]7'],
    ['ip', '2001:db8::1', '2001[:]db8[:][:]1'],
    ['mail', 'a.b@evil.com', 'a.b[@]evil[.]com'],
    ['filename', 'a.exe', 'a.exe'],
  ])('writes the %s %s as %s', (type, value, defanged) => {
    expect(defang(value, type)).toBe(defanged)
  })

  it('is undone by refang for every address, name, url and mail, in every style', () => {
    const random = seeded(11)
    const fanged = ['ip', 'cidr', 'domain', 'fqdn', 'hostname', 'url', 'mail']
    let compared = 0
    for (let round = 0; round < 6_000; round++) {
      const { type, raw } = random.observable()
      const normal = normalise(type, raw)
      if (normal === undefined || !fanged.includes(normal.type)) continue
      for (const style of defangStyles) {
        expect(refang(defang(normal.value, normal.type, style))).toBe(normal.value)
      }
      compared++
    }
    expect(compared).toBeGreaterThan(1_200)
  })
})
