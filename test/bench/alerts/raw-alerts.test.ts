import { describe, expect, it } from 'vitest'
import { kindOfShape } from '../../../services/ingest/sources/detect.ts'
import { alertEvents } from './alert-events.ts'
import { type RawAlert, rawAlerts } from './raw-alerts.ts'

const take = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, () => next())

describe('raw alerts', () => {
  it('are the same bytes for the same seed, and others for another', () => {
    const bytes = (seed: number) => take(300, rawAlerts({ seed, tenants: 5 })).map(each => each.value.toString())
    expect(bytes(1)).toEqual(bytes(1))
    expect(bytes(1)).not.toEqual(bytes(2))
  })

  it('come from all sources, 0.6 to 1.6 kB each, as what ingest takes them for', () => {
    const alerts = take(2000, rawAlerts({ seed: 3, tenants: 20 }))
    for (const { shape, value } of alerts) expect(kindOfShape(JSON.parse(value.toString()))).toBe(shape)
    const sizes = alerts.map(each => each.value.length)
    expect([Math.min(...sizes) >= 550, Math.max(...sizes) <= 1600]).toEqual([true, true])
    expect(new Set(alerts.map(each => each.shape)).size).toBe(4)
    expect(new Set(alerts.map(each => each.tenant)).size).toBe(20)
  })

  it.each([0, 20, 50])('repeat what was sent before, %i in a hundred', repeats => {
    const alerts: RawAlert[] = take(4000, rawAlerts({ seed: 7, tenants: 4, repeats }))
    expect(Math.abs(alerts.filter(each => each.isRepeat).length / 40 - repeats)).toBeLessThan(3)
  })
})

describe('alert events', () => {
  it('are alerts all, with a few observables; a repeat has the fingerprint of what it repeats', () => {
    const raw = take(1000, rawAlerts({ seed: 5, tenants: 10 }))
    const events = take(1000, alertEvents({ seed: 5, tenants: 10 })).map(each => each.event)
    const known = new Set<string>()
    for (const [index, event] of events.entries()) {
      if (event.kind !== 'alert') throw new Error(`${raw[index]?.value} became a ${event.kind}`)
      expect([event.domain, known.has(event.alert.fingerprint)]).toEqual([raw[index]?.tenant, raw[index]?.isRepeat])
      expect(event.alert.observables.length).toBeGreaterThan(0)
      expect(event.alert.observables.length).toBeLessThan(12)
      known.add(event.alert.fingerprint)
    }
  })
})
