import { describe, expect, it } from 'vitest'
import { type Bucket, owe, type RateLimit, takeToken } from './token-bucket.ts'

const limit: RateLimit = { perSecond: 10, burst: 3 }

/** How many of `asked` requests at one moment get a token. */
function taken(bucket: Bucket | undefined, now: number, asked: number): { bucket: Bucket; got: number } {
  let got = 0
  let current = bucket
  for (let n = 0; n < asked; n++) {
    const { bucket: next, waitMs } = takeToken(current, limit, now)
    current = next
    if (waitMs === 0) got++
  }
  return { bucket: current ?? { tokens: 0, at: now }, got }
}

describe('a token bucket', () => {
  it('gives the burst at once, then as many as the rate fills, and never more than the burst', () => {
    const first = taken(undefined, 1000, 10)
    expect(first.got).toBe(3)
    const second = taken(first.bucket, 1200, 10)
    expect(second.got).toBe(2)
    expect(taken(second.bucket, 60_000, 10).got).toBe(3)
  })

  it('says when there is a token again, to the millisecond', () => {
    const { bucket } = taken(undefined, 0, 3)
    const { waitMs } = takeToken(bucket, limit, 40)
    expect(waitMs).toBe(60)
    expect(takeToken(bucket, limit, 99).waitMs).toBe(1)
    expect(takeToken(bucket, limit, 100).waitMs).toBe(0)
  })

  it('gives nothing until a debt is paid', () => {
    const { bucket } = takeToken(undefined, limit, 0)
    const indebted = owe(bucket, 12)
    expect(takeToken(indebted, limit, 0).waitMs).toBe(1100)
    expect(takeToken(indebted, limit, 1100).waitMs).toBe(0)
  })

  it('gives nothing for a clock that goes back', () => {
    const { bucket } = taken(undefined, 5000, 3)
    const back = takeToken(bucket, limit, 1000)
    expect(back.waitMs).toBe(100)
    expect(takeToken(back.bucket, limit, 5050).waitMs).toBe(50)
  })

  it('lasts for the rate over an hour of any pace', () => {
    let bucket: Bucket | undefined
    let got = 0
    for (let now = 0; now <= 3_600_000; now += 37) {
      const next = takeToken(bucket, limit, now)
      bucket = next.bucket
      if (next.waitMs === 0) got++
    }
    expect(got).toBeLessThanOrEqual(36_003)
    expect(got).toBeGreaterThan(35_900)
  })
})
