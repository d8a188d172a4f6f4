import { describe, expect, it } from 'vitest'
import { median, medians } from './median.ts'
import { ratioOf } from './ratio.ts'

describe('a median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 2, 100], 3],
    [[10, 9, 100], 10],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })

  it('is taken of each figure by itself, by the runs that gave it', () => {
    const runs = [{ perSecond: 10, p99Ms: 1 }, { perSecond: 30, p99Ms: 9 }, { perSecond: 20 }]
    expect(medians(runs)).toEqual({ perSecond: 20, p99Ms: 5 })
  })
})

describe('a ratio is higher where the item is better', () => {
  it.each([
    ['perSecond', { perSecond: 50 }, { perSecond: 100 }, 0.5],
    ['cpuMicros', { cpuMicros: 50 }, { cpuMicros: 100 }, 2],
    ['cpuMicros', { cpuMicros: 20 }, { cpuMicros: 17 }, 0.85],
    ['cpuMicros', { perSecond: 20 }, { cpuMicros: 17 }, undefined],
    ['perSecond', { perSecond: 20 }, undefined, undefined],
  ] as const)('%s of %j to %j', (figure, of, to, expected) => {
    expect(ratioOf(figure, of, to)).toBe(expected)
  })
})
