import { describe, expect, it } from 'vitest'
import { timings } from './timings.ts'

describe('timings', () => {
  it('count from when an alert was due, and from its acknowledgement, in whichever order they are told', () => {
    const told = timings()
    told.acknowledged('a', 1000, 1010)
    told.seen('a', 1100)
    told.seen('b', 1300)
    told.acknowledged('b', 1200, 1310)
    expect(told.open()).toBe(0)
    expect(told.figures(0, 2000)).toMatchObject({
      p50Ms: 100,
      maxMs: 100,
      afterAckP99Ms: 90,
      ackP99Ms: 110,
      missing: 0,
    })
  })

  it('keep the first time that an alert is seen', () => {
    const told = timings()
    told.acknowledged('a', 0, 1)
    told.seen('a', 5)
    told.seen('a', 50)
    told.seen('early', 7)
    told.seen('early', 70)
    told.acknowledged('early', 0, 1)
    expect(told.figures(0, 10).maxMs).toBe(7)
  })

  it('leave the warm-up out, and tell what is missing', () => {
    const told = timings()
    for (let n = 0; n < 10; n++) told.acknowledged(`${n}`, n * 1000, n * 1000)
    for (let n = 0; n < 9; n++) told.seen(`${n}`, n * 1000 + 10)
    expect(told.open()).toBe(1)
    expect(told.figures(5000, 10_000)).toMatchObject({ missing: 1, p99Ms: 10, perSecond: 0.8 })
  })
})
