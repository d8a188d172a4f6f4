import { describe, expect, it } from 'vitest'
import { nextCandidate, type Run } from './candidate.ts'
import type { Found } from './search.ts'
import { seeded } from './seeded.ts'
import { classify } from './token.ts'

function candidates(text: string): string[] {
  const found: string[] = []
  for (
    let run: Run | undefined = nextCandidate(text, 0, text.length);
    run;
    run = nextCandidate(text, run.end, text.length)
  ) {
    found.push(text.slice(run.start, run.end))
  }
  return found
}

describe('a candidate', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['', []],
    ['nothing here, really - not (one) thing', []],
    ['the end. Of 10:30 and key:value', []],
    ['see evil.com/a or 10.0.0.1', ['evil.com/a', '10.0.0.1']],
    ['fe80::1 and 1:2:3:4:5:6:7:8', ['fe80::1', '1:2:3:4:5:6:7:8']],
    ['bob@evil', ['bob@evil']],
    ['CVE-2024-3094', ['CVE-2024-3094']],
    ['d41d8cd98f00b204e9800998ecf8427e', ['d41d8cd98f00b204e9800998ecf8427e']],
    ['müller。de', ['müller。de']],
    ['AS64500 or T1059 in DE89 3704', ['AS64500', 'T1059', 'DE89']],
    ['00-11-22-33-44-55 and 2026-03-04', ['00-11-22-33-44-55']],
    ['HKLM\\Run and x\\y', ['HKLM\\Run']],
  ]
  it.each(cases)('in %j', (text, expected) => {
    expect(candidates(text)).toEqual(expected)
  })

  it('is every word that something is found in', () => {
    const pieces = [
      ...'aZ9.:@/\\%+-_ ',
      'cve-',
      'CVE-2024-',
      '1234',
      '::',
      '.com',
      '192.0.2.1',
      'ü',
      '漢',
      'ab'.repeat(16),
      'evil.org',
    ]
    const { textOf } = seeded(5)
    const word = /[\p{L}\p{M}\p{N}._@:/\\%+-]+/gu
    let held = 0
    for (let round = 0; round < 20_000; round++) {
      const text = textOf(pieces, 12)
      const runs = candidates(text)
      for (const match of text.matchAll(word)) {
        const found: Found[] = []
        classify({ text, wasDefanged: () => false, found }, match.index, match.index + match[0].length)
        if (found.length === 0) continue
        held++
        expect(
          runs.some(run => run.includes(match[0])),
          JSON.stringify(text),
        ).toBe(true)
      }
    }
    expect(held).toBeGreaterThan(2_000)
  })
})
