import { describe, expect, it } from 'vitest'
import { figuresBetween, meter } from './meter.ts'

describe('the meter', () => {
  it('counts only what lies between its two samples', () => {
    const from = { records: 500, at: 2000, cpuMicros: 90_000 }
    const to = { records: 1500, at: 2500, cpuMicros: 110_000 }
    expect(figuresBetween(from, to)).toEqual({ perSecond: 2000, cpuMicros: 20 })
  })

  it('answers once all records are there, in whatever steps they come', async () => {
    const measured = meter(10)
    for (const step of [1, 5, 1, 2]) measured.add(step)
    const none = Symbol('none')
    expect(await Promise.race([measured.done, Promise.resolve(none)])).toBe(none)
    measured.add(3)
    expect(Object.keys(await measured.done)).toEqual(['perSecond', 'cpuMicros'])
  })

  it('rejects when everything came in one step, of which there is no second half', async () => {
    const measured = meter(10)
    measured.add(12)
    await expect(measured.done).rejects.toThrow('10 records came in one step')
  })
})
