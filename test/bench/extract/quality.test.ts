import { describe, expect, it } from 'vitest'
import { normalise } from '../../../core/observable/normalise.ts'
import { corpusOf } from './corpus.ts'
import { ours, score, theirs } from './finds.ts'

describe('the corpus of planted observables', () => {
  const entries = corpusOf(7, 200_000)

  it('is the same for the same seed, and another for another', () => {
    expect(corpusOf(7, 200_000)).toEqual(entries)
    expect(corpusOf(8, 200_000)).not.toEqual(entries)
  })

  it('plants observables only', () => {
    const planted = entries.flatMap(entry => entry.planted)
    expect(planted.filter(({ type, value }) => normalise(type, value) === undefined)).toEqual([])
    expect(new Set(planted.map(({ type }) => type)).size).toBe(10)
  })

  it('is searched with at least the recall of ioc-extractor, and fewer false finds', () => {
    const mine = score(entries, ours)
    const others = score(entries, theirs)
    expect(mine.planted).toBeGreaterThan(1_000)
    expect(mine.hit).toBeGreaterThanOrEqual(others.hit)
    expect(mine.false).toBeLessThan(others.false)
  })
})
