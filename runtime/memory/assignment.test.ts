import { describe, expect, it } from 'vitest'
import { assign } from './assignment.ts'

describe('assign', () => {
  const cases: readonly [string, number, Record<string, number[]>, Record<string, number[]>][] = [
    ['gives all to the only member', 3, { a: [] }, { a: [0, 1, 2] }],
    ['shares evenly in numeric order', 6, { a: [], b: [], c: [] }, { a: [0, 1], b: [2, 3], c: [4, 5] }],
    ['moves no more than it must when one joins', 6, { a: [0, 1, 2, 3, 4, 5], b: [] }, { a: [0, 1, 2], b: [3, 4, 5] }],
    ['leaves the larger share with whoever has it', 3, { a: [0], b: [1, 2] }, { a: [0], b: [1, 2] }],
    [
      'gives the partitions of one that left to the others',
      6,
      { a: [0, 1], c: [2, 5] },
      { a: [0, 1, 3], c: [2, 5, 4] },
    ],
    ['leaves members without partitions when there are more of them', 1, { a: [], b: [0] }, { a: [], b: [0] }],
    ['gives nothing to nobody', 3, {}, {}],
  ]
  it.each(cases)('%s', (_, partitions, owned, expected) => {
    const free = Array.from({ length: partitions }, (_, partition) => partition)
    const holdings = Object.entries(owned).map(([id, list]) => ({ id, owned: list }))
    expect(Object.fromEntries(assign(free, holdings))).toEqual(expected)
  })
})
