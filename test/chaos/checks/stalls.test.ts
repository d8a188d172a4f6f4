import { describe, expect, it } from 'vitest'
import { checkStalls, type Sample, stallsIn } from './stalls.ts'

/** One sample a second: committed offset and end, and the metadata where there is any. */
const watched = (...points: readonly (readonly [committed: number, end: number, metadata?: string])[]): Sample[] =>
  points.map(([committed, end, metadata], second) => ({
    ...{ time: second * 1000, group: 'g', topic: 't', partition: 0, committed, end },
    ...(metadata === undefined ? {} : { metadata }),
  }))

describe('a partition', () => {
  it.each<readonly [string, Sample[], number]>([
    ['that keeps up', watched([1, 1], [5, 5], [9, 9]), 0],
    ['that is behind and moves', watched([1, 9], [2, 9], [3, 9]), 0],
    ['that stands with nothing to read', watched([5, 5], [5, 5], [5, 5], [5, 5]), 0],
    ['that stands', watched([1, 9], [1, 9], [1, 10], [1, 11]), 3000],
    ['that stands, until it is seen to move', watched([1, 9], [1, 9], [1, 9], [2, 9], [9, 9]), 2000],
    ['that stands twice', watched([1, 9], [1, 9], [2, 9], [2, 9], [2, 9], [9, 9]), 2000],
    ['that stands from when there is something to read', watched([5, 5], [5, 5], [5, 6], [5, 6]), 1000],
    ['whose offset stands while its records end', watched([1, 9, 'a'], [1, 9, 'b'], [1, 9, 'c']), 0],
  ])('%s is timed', (_, samples, longestMs) => {
    expect(checkStalls(samples, 60_000)).toMatchObject({ held: true, figures: { longestMs, samples: samples.length } })
  })

  it('that stands before nothing but the marks of transactions is not behind', () => {
    const samples = watched([5, 7], [5, 7], [5, 9], [5, 9], [5, 9])
    expect(stallsIn(samples).map(each => each.ms)).toEqual([4000])
    const records = [2, 4, 8].map(offset => ({ topic: 't', partition: 0, offset }))
    expect(stallsIn(samples, records).map(each => each.ms)).toEqual([2000])
    expect(stallsIn(samples, [{ topic: 't', partition: 1, offset: 6 }])).toEqual([])
  })

  it('that stands longer than the bound is found, among others that do not', () => {
    const still = watched([1, 9], [1, 9], [1, 9], [1, 9])
    const other = watched([1, 9], [2, 9], [3, 9], [4, 9]).map(sample => ({ ...sample, group: 'h' }))
    const { held, findings, figures } = checkStalls([...other, ...still], 2000)
    expect(held).toBe(false)
    expect(findings).toEqual(['g stood still for 3.0 s at t/0, from 1970-01-01T00:00:00.000Z on'])
    expect(figures).toMatchObject({ longestMs: 3000, partitions: 2, findings: 1 })
    expect(checkStalls([...other, ...still], 3000).held).toBe(true)
  })
})
