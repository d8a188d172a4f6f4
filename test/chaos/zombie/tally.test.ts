import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../../runtime/log.ts'
import { type Copy, emptyFold, type Fold, folded, type Place, toBytes } from './fold.ts'
import { tally } from './tally.ts'

const place = (offset: number, topic = 'a'): Place => ({ topic, partition: 0, offset })
const record = (topic: string, partition: number, offset: number, value: Buffer | null): LogRecord => ({
  ...{ topic, partition, offset, value },
  ...{ timestamp: 0, key: null, headers: {} },
})
const input = ({ topic, partition, offset }: Place) => record(topic, partition, offset, null)

/** A history in which the places were copied in this order, all to one partition of the output. */
function history(places: readonly Place[]) {
  let state: Fold = emptyFold
  const copies = places.map((from): Copy => {
    state = folded(state, from)
    return { ...state, from }
  })
  return { copies, outputs: copies.map((copy, at) => record('out', 0, at, toBytes(copy))), entry: toBytes(state) }
}
const kept = (entry: Buffer) => [record('state', 0, 0, entry)]
const three = [place(0), place(1), place(0, 'b')]

describe('the tally of a zombie run', () => {
  it('finds nothing in a whole history', () => {
    const { outputs, entry } = history(three)
    expect(tally(three.map(input), outputs, kept(entry))).toMatchObject({ inputs: 3, outputs: 3, lost: 0, doubled: 0 })
    expect(tally(three.map(input), outputs, kept(entry)).findings).toEqual([])
  })

  const broken: readonly [string, Place[], { lost: number; doubled: number }, RegExp][] = [
    ['a lost record', [place(0), place(0, 'b')], { lost: 1, doubled: 0 }, /^lost: a\/0\/1$/],
    ['a repeat', [...three, place(1)], { lost: 0, doubled: 1 }, /^doubled: a\/0\/1 2x$/],
    ['a wrong order', [place(1), place(0), place(0, 'b')], { lost: 0, doubled: 0 }, /a\/0\/0 after a later record/],
    ['a copy of nothing', [...three, place(9)], { lost: 0, doubled: 0 }, /no input: a\/0\/9/],
  ]
  it.each(broken)('finds %s', (_, places, counted, said) => {
    const { outputs, entry } = history(places)
    const found = tally(three.map(input), outputs, kept(entry))
    expect(found).toMatchObject(counted)
    expect(found.findings.join('\n')).toMatch(new RegExp(said.source, 'm'))
  })

  it('finds a state that went on from an older one, and a changelog that is behind', () => {
    const { copies, outputs } = history(three)
    const stale: Copy = { ...folded(copies[0] ?? emptyFold, place(0, 'b')), from: place(0, 'b') }
    const forked = [...outputs.slice(0, 2), record('out', 1, 0, toBytes(stale))]
    expect(tally(three.map(input), forked, []).findings.join('\n')).toMatch(/does not follow from those before it/)
    const behind = kept(toBytes(copies[1] ?? emptyFold))
    expect(tally(three.map(input), outputs, behind).findings).toEqual([
      'task 0: the changelog ends at 2, the fold of the outputs at 3',
    ])
  })
})
