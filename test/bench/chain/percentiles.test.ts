import { describe, expect, it } from 'vitest'
import { percentile } from './percentiles.ts'

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  it.each([
    [hundred, 0.5, 50],
    [hundred, 0.99, 99],
    [hundred, 1, 100],
    [hundred, 0, 1],
    [[7], 0.99, 7],
    [[2, 1], 0.5, 1],
    [[10, 9], 0.99, 10],
  ])('of %j at %d is the nearest rank', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected)
  })

  it('of nothing is no number', () => {
    expect(percentile([], 0.5)).toBeNaN()
  })
})
