import { describe, expect, it } from 'vitest'
import { defang } from './defang.ts'
import { extractFromText } from './extract.ts'
import { normalise } from './normalise.ts'
import { seeded } from './seeded.ts'

/** Values that free text can be searched for, in normal form, and a word of each that is none. */
const planted = [
  ...[
    '203.0.113.7',
    '2001:db8::7',
    'evil.com',
    'cdn.evil.co.uk',
    'xn--mller-kva.de',
    'bob+x@evil.com',
    'CVE-2024-3094',
  ],
  ...['http://evil.com/a.php?x=1&y=(2)', 'https://203.0.113.7:8443/', 'ftp://evil.com/x.exe', 'ldap://evil.com:1389/a'],
  ...['198.51.100.0/24', '2001:db8::/32', '00:11:22:aa:bb:cc', 'T1059.001', 'T0883', 'DE89370400440532013000'],
  ...['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
  ...['96:aaaaBBBBccccDDDD/x:bbbbCCCCdd', `T1${'0A'.repeat(35)}`, 't13d1516h2_8daaf6152771_b186095e22b6'],
  'HKEY_LOCAL_MACHINE\\software\\x\\run',
  ...['9d9af54a1f529906a03112636f642478', '9f2c4d1e6b8a70355c1de84fa2b90c7731d6ea584f0b92c8e17d35a6407bc9f2'],
]
const noise = [
  'the',
  'host',
  'invoice.pdf',
  '1.2.3.4.5',
  'a::b',
  'C:\\x\\evil.com',
  '12:30:01',
  '-',
  '=>',
  '…',
  '10%',
  '[x]',
  '(y)',
]
/** What a search may be made to go over again and again. */
const hostile = [
  ...['DE89 ', 'DE89 3704 ', 'T1059.', 'AS1', 'AS', '1', '3:', '96:a:', 'HKLM\\', 'HKLM\\A ', 'HK', '"HKLM\\', 'bc1'],
  ...['1A1', '00:', '00-', '1.2.3.4/8', '10.0.0.0/8 ', '"a.exe"', '/tmp/', 'x/1.1.1.1', 'a\\.', '.]', ' dot ', ' at '],
  ...[
    'a at b dot ',
    ' . ',
    'a . ',
    '1 . ',
    'http__',
    '\\/',
    ':\\/\\/',
    'http:\\/\\/a\\/',
    'hxxp://a,',
    'h[tt]p',
    '・',
    'meow',
    ']',
  ],
  ...['.', ':', '/', '\\', '[', '[.', 'a.', '1.', 'a:', '@', 'a@', '-', '%', '_', 'é', '漢', "'", 'cve-', '0', 'f0'],
  ...[
    '://',
    'http://',
    'http://a,',
    "'http://a",
    'http://(',
    'http://[',
    'hxxp',
    'hxxp[:]//',
    '(at)',
    '{[(',
    '1.2.3.4-',
  ],
]
const around = ['', '"', '(', '[', '<', '“', '>>', '=']
const after: Readonly<Record<string, string>> = { '"': '"', '(': ')', '[': ']', '<': '>', '“': '”' }
const between = [' ', '\n', '\t', ', ', ' | ', '; ']

describe('extraction', () => {
  it('finds what was planted in noise, and nothing else, where it was planted', () => {
    const { below, one } = seeded(11)
    for (let round = 0; round < 2_000; round++) {
      let text = ''
      const expected: { value: string; written: string }[] = []
      for (let words = 1 + below(12); words > 0; words--) {
        if (below(2) === 0) text += one(noise)
        else {
          const value = one(planted)
          const type = typeOf(value)
          const written = below(2) === 0 ? value : defang(value, type)
          const quote = one(around)
          text += `${quote}${written}${after[quote] ?? ''}`
          expected.push({ value, written })
          if (value.startsWith('ldap:')) {
            expected.push({ value: 'evil.com', written: written === value ? 'evil.com' : 'evil[.]com' })
          }
        }
        text += one(between)
      }
      const found = extractFromText(text).map(({ value, start, end }) => ({ value, written: text.slice(start, end) }))
      expect({ text, found }).toEqual({ text, found: expected })
    }
  })

  it('gives normal forms only', () => {
    const { textOf, observable } = seeded(12)
    let count = 0
    for (let round = 0; round < 3_000; round++) {
      const text = `${textOf(noise, 3)} ${observable().raw} ${observable().raw}${textOf(['.', ')', ',', '/', '@', ':'], 3)}`
      for (const { type, value, start, end } of extractFromText(text)) {
        expect(normalise(type, value)).toEqual({ type, value })
        expect(start).toBeLessThan(end)
        expect(end).toBeLessThanOrEqual(text.length)
        count++
      }
    }
    expect(count).toBeGreaterThan(1_000)
  })

  it.each(hostile)('comes to an end on 200,000 characters of %j', piece => {
    const text = piece.repeat(Math.ceil(200_000 / piece.length))
    expect(extractFromText(`${text} evil.com`).at(-1)?.value).toBe('evil.com')
  })

  it.each(hostile)('looks at four times as many characters in four times as much of %j', piece => {
    const looks = (length: number) => looksAt(piece.repeat(Math.ceil(length / piece.length)))
    expect(looks(80_000)).toBeLessThan(4.5 * looks(20_000) + 1_000)
  })
})

/** How many characters are looked at, once for each look; what patterns look at is bounded by `patterns.test.ts`. */
function looksAt(text: string): number {
  const original = String.prototype.charCodeAt
  let looks = 0
  String.prototype.charCodeAt = function (index: number) {
    looks++
    return original.call(this, index)
  }
  try {
    extractFromText(text)
  } finally {
    String.prototype.charCodeAt = original
  }
  return looks
}

function typeOf(value: string): string {
  const [only] = extractFromText(value)
  if (only?.value !== value) throw new Error(`no observable: ${value}`)
  return only.type
}
