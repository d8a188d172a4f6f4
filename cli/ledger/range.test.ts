import { describe, expect, it } from 'vitest'
import { offsetRuns } from './offset-runs.ts'
import { absentOf, coversOf, parseOffsets, type Range, type Remains, truncatedOf } from './range.ts'

describe('a range of offsets', () => {
  it.each([
    ['alerts.raw/0/100-200', { partition: 0, from: 100, to: 200 }],
    ['3:7-7', { partition: 3, from: 7, to: 7 }],
    ['alerts.raw/2/5', { partition: 2, from: 5, to: 5 }],
    ['0:9-3', undefined],
    ['alerts/0/1-2', undefined],
    ['0:', undefined],
    ['-1:0-2', undefined],
  ])('%s is read with both ends', (text, range) => {
    expect(parseOffsets(text)).toEqual(range)
  })

  it('covers what lies in it and is still there', () => {
    const range = { offsets: [{ partition: 0, from: 2, to: 4 }] }
    const covers = coversOf(range, [{ partition: 0, start: 3, end: 9 }])
    const covered = [1, 2, 3, 4, 5].filter(offset => covers({ partition: 0, offset }, 0))
    expect(covered).toEqual([3, 4])
    expect(covers({ partition: 1, offset: 3 }, 0)).toBe(false)
  })

  it.each([
    ['what is there, or was', [{ partition: 0, from: 0, to: 8 }], []],
    ['a partition that does not exist', [{ partition: 7, from: 0, to: 8 }], [{ partition: 7, from: 0, to: 8 }]],
    ['what lies beyond the end', [{ partition: 0, from: 8, to: 20 }], [{ partition: 0, from: 9, to: 20 }]],
  ])('names %s', (_what, offsets, absent) => {
    expect(absentOf({ offsets }, [{ partition: 0, start: 3, end: 9 }])).toEqual(absent)
  })

  it('of time includes its beginning and not its end', () => {
    const covers = coversOf({ from: 10, to: 20 }, [])
    expect([9, 10, 19, 20].filter(at => covers({ partition: 0, offset: 0 }, at))).toEqual([10, 19])
  })
})

describe('where retention has passed', () => {
  const raw: Remains = { topic: 'alerts.raw', partition: 0, start: 100, end: 200, firstAt: 1000 }
  const cases: [string, Range, boolean][] = [
    ['all that is there', {}, true],
    ['a range that begins before what is left', { from: 900 }, true],
    ['a range that begins with it, as others of that time may be gone', { from: 1000 }, true],
    ['a range that lies before it', { from: 100, to: 200 }, true],
    ['a range behind its beginning', { from: 1001 }, false],
    ['offsets that are gone', { offsets: [{ partition: 0, from: 99, to: 150 }] }, true],
    ['offsets that are there', { offsets: [{ partition: 0, from: 100, to: 150 }] }, false],
    ['offsets of another partition', { offsets: [{ partition: 1, from: 0, to: 150 }] }, false],
  ]
  it.each(cases)('%s is truncated, or not', (_what, range, isTruncated) => {
    expect(truncatedOf(range, [raw], 'alerts.raw', range.from ?? -Infinity)).toEqual(
      isTruncated ? [{ topic: 'alerts.raw', partition: 0, start: 100 }] : [],
    )
  })

  it('what follows from the range is truncated where it may have been among what is gone', () => {
    const alerts = { ...raw, topic: 'alerts' }
    const range = { offsets: [{ partition: 0, from: 100, to: 150 }] }
    expect(truncatedOf(range, [alerts], 'alerts.raw', 999)).toHaveLength(1)
    expect(truncatedOf(range, [alerts], 'alerts.raw', 1001)).toEqual([])
    const gone = { ...alerts, start: 200, firstAt: undefined }
    expect(truncatedOf(range, [gone], 'alerts.raw', 5000)).toHaveLength(1)
    expect(truncatedOf({}, [{ ...raw, start: 0 }], 'alerts.raw', -Infinity)).toEqual([])
  })
})

describe('runs of offsets', () => {
  it('know what was read, and take nothing twice', () => {
    const runs = offsetRuns()
    expect([3, 4, 5, 9, 12, 13].map(offset => runs.add(offset))).toEqual([true, true, true, true, true, true])
    expect([13, 4].map(offset => runs.add(offset))).toEqual([false, false])
    const had = Array.from({ length: 16 }, (_, offset) => offset).filter(offset => runs.has(offset))
    expect(had).toEqual([3, 4, 5, 9, 12, 13])
    expect([runs.first(), runs.last()]).toEqual([3, 13])
  })
})
