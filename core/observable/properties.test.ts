import { describe, expect, it } from 'vitest'
import { extractFromText } from './extract.ts'
import { normalise } from './normalise.ts'
import { defang } from './refang.ts'
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

  it.each([
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
  ])('comes to an end on 200,000 characters of %j', piece => {
    const text = piece.repeat(Math.ceil(200_000 / piece.length))
    expect(extractFromText(`${text} evil.com`).at(-1)?.value).toBe('evil.com')
  })
})

function typeOf(value: string): string {
  const [only] = extractFromText(value)
  if (only?.value !== value) throw new Error(`no observable: ${value}`)
  return only.type
}
