import { describe, expect, it } from 'vitest'
import { checkState, foldChangelog } from './state.ts'

const at = (...entries: readonly (readonly [string, string])[]) =>
  new Map([['s/0', new Map(entries.map(([key, value]) => [key, Buffer.from(value)]))]])

describe('two snapshots of state', () => {
  it('are equal where all their entries are, in any order', () => {
    const [before, after] = [at(['a', '1'], ['b', '2']), at(['b', '2'], ['a', '1'])]
    const figures = { partitions: 1, entries: 2, findings: 0 }
    expect(checkState(before, after)).toMatchObject({ held: true, findings: [], figures })
  })

  it.each([
    ['lost an entry', at(['a', '1']), at(), 's/0: a is gone'],
    ['lost a partition', at(['a', '1']), new Map(), 's/0: a is gone'],
    ['has one more', at(), at(['a', '1']), 's/0: a was not there before'],
    ['has another', at(['a', '1']), at(['a', '2']), 's/0: a is another'],
  ])('differ where the second %s', (_, before, after, finding) => {
    expect(checkState(before, after)).toMatchObject({ held: false, findings: [finding] })
  })

  it('come of a changelog by the last value of each key', () => {
    const record = (key: string, value: string | null) => ({
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
    })
    const records = [record('a', '1'), record('b', '1'), record('a', '2'), record('b', null), record('c', null)]
    expect([...foldChangelog(records)]).toEqual([['a', Buffer.from('2')]])
  })
})
