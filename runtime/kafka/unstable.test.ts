import { describe, expect, it } from 'vitest'
import { unstable } from './unstable.ts'

describe('the distance of the last stable offset', () => {
  it('is told as the largest among the partitions, whenever that changes', () => {
    const told: number[] = []
    const distance = unstable(records => told.push(records))
    distance.see('a', 0, 0)
    distance.see('a', 0, 3)
    distance.see('b', 0, 2)
    distance.see('a', 1, 5)
    distance.see('a', 1, 5)
    distance.see('a', 1, 0)
    distance.see('a', 0, 0)
    expect(told).toEqual([3, 5, 3, 2])
  })

  it('forgets partitions that are no longer read', () => {
    const told: number[] = []
    const distance = unstable(records => told.push(records))
    distance.see('a', 0, 1)
    distance.see('a', 1, 9)
    distance.keep([0])
    distance.keep([])
    expect(told).toEqual([1, 9, 1, 0])
  })
})
