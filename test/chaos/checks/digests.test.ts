import { describe, expect, it } from 'vitest'
import { checkDigests, type Digest, type Told } from './digests.ts'

const one = { entries: 2, digest: 10 }
const told = (...digests: readonly Digest[]): Told => new Map([['s/0', digests]])
const folded = new Map([['s/0', one]])

describe('what the tasks remember', () => {
  it('is the same before the kill, after the restore, and in the changelog', () => {
    expect(checkDigests(told(one), told(one), folded)).toMatchObject({
      ...{ held: true, findings: [], figures: { tasks: 1, entries: 2 } },
    })
    expect(checkDigests(told({ entries: 0, digest: 0 }), new Map(), new Map())).toMatchObject({ held: true })
  })

  it.each<readonly [string, Told, Told, ReadonlyMap<string, Digest>, readonly string[]]>([
    [
      'a restore that left an entry out',
      ...([told(one), told({ entries: 1, digest: 6 }), folded] as const),
      ['s/0: 1 entries (6) after the restore, and 2 entries (a) in the changelog'],
    ],
    [
      'a restore that brought one too many',
      ...([told(one), told({ entries: 3, digest: 12 }), folded] as const),
      ['s/0: 3 entries (c) after the restore, and 2 entries (a) in the changelog'],
    ],
    [
      'a restore of older entries, as many',
      ...([told(one), told({ entries: 2, digest: 9 }), folded] as const),
      ['s/0: 2 entries (9) after the restore, and 2 entries (a) in the changelog'],
    ],
    [
      'a memory that its changelog does not know, and which the restore lost',
      ...([told({ entries: 3, digest: 12 }), told(one), folded] as const),
      ['s/0: 3 entries (c) before the kill, and 2 entries (a) in the changelog'],
    ],
    [
      'a task that nobody took over',
      ...([told(one), new Map(), folded] as const),
      ['s/0: nobody held it after the restore'],
    ],
    ['a task that two hold', ...([told(one), told(one, one), folded] as const), ['s/0: 2 held it after the restore']],
    [
      'a memory without a changelog',
      ...([told(one), told(one), new Map()] as const),
      [
        's/0: 2 entries (a) before the kill, and 0 entries (0) in the changelog',
        's/0: 2 entries (a) after the restore, and 0 entries (0) in the changelog',
      ],
    ],
  ])('differs by %s', (_, before, after, inChangelog, findings) => {
    expect(checkDigests(before, after, inChangelog)).toMatchObject({ held: false, findings })
  })
})
