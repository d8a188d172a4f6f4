import { describe, expect, it } from 'vitest'
import { arrivals } from './arrivals.ts'

describe('arrivals', () => {
  it('are due by the rate alone, each taken once, all that are overdue at once', () => {
    const schedule = arrivals(1000, 100, 10)
    expect(schedule.take(999)).toEqual([])
    expect(schedule.take(1000)).toEqual([0])
    expect(schedule.take(1025)).toEqual([1, 2])
    expect(schedule.take(1025)).toEqual([])
    expect(schedule.take(60_000)).toEqual([3, 4, 5, 6, 7, 8, 9])
    expect([schedule.isOver(), schedule.dueAt(9)]).toEqual([true, 1090])
  })

  it('are not over while one has not been taken', () => {
    const schedule = arrivals(0, 1000, 2)
    schedule.take(0)
    expect(schedule.isOver()).toBe(false)
  })
})
