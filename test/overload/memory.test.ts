import { describe, expect, it } from 'vitest'
import { memoryVerdict } from './memory.ts'

const mb = 1024 * 1024
const over = (...figures: readonly number[]) => figures.map((bytes, at) => ({ at, bytes: bytes * mb }))

describe('the memory of a run', () => {
  it('is bounded where it stays', () => {
    const verdict = memoryVerdict(over(90, 100, 110, 200, 210, 200, 205, 210, 260), 300 * mb)
    expect(verdict).toEqual({ highest: 260 * mb, thirds: [110 * mb, 210 * mb, 260 * mb], problems: [] })
  })

  it.each([
    ['it grows in the last third', over(100, 100, 100, 200, 200, 200, 200, 200, 261), /grows/],
    ['it is above its cap for once', over(100, 301, 100, 100, 100, 100, 100, 100, 100), /301 MB, more than 300/],
    ['there is too little to tell by', over(100, 100, 100), /only 3 samples/],
  ])('is not where %s', (_, samples, problem) => {
    expect(memoryVerdict(samples, 300 * mb).problems.join()).toMatch(problem)
  })
})
