import { describe, expect, it } from 'vitest'
import { clampEventTime, parseInstant } from './time.ts'

const base = Date.UTC(2024, 0, 2, 3, 4, 5)

describe('reading an instant', () => {
  it.each([
    ['2024-01-02T03:04:05Z', base],
    ['2024-01-02T03:04:05z', base],
    ['2024-01-02T03:04:05', base],
    ['2024-01-02 03:04:05 UTC', base],
    ['2024-01-02 03:04:05.678', base + 678],
    ['2024-01-02T03:04:05,678Z', base + 678],
    ['2024-01-02T03:04:05.678+0000', base + 678],
    ['2024-01-02T03:04:05.678901+00:00', base + 678],
    ['2024-01-02T03:04:05.6789012Z', base + 678],
    ['2024-01-02T03:04:05.678901234Z', base + 678],
    ['2024-01-02T03:04:05.6Z', base + 600],
    ['2024-01-02T05:04:05.000+02:00', base],
    ['2024-01-01T22:34:05-0430', base],
    ['2024-01-02T05:04:05+02', base],
    ['2024-01-02T03:04Z', base - 5000],
    ['2024-01-02', Date.UTC(2024, 0, 2)],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
    [base / 1000, base],
    [base / 1000 + 0.25, base + 250],
    [base, base],
    [base * 1000 + 999, base],
    [`${base / 1000}`, base],
    [`${base / 1000}.678`, base + 678],
    [`${base}`, base],
    [`${base}999`, base],
    [`${base}999999`, base],
    [0, 0],
  ])('%j', (value, instant) => {
    expect(parseInstant(value)).toBe(instant)
  })

  it.each([
    ['2024-02-30T00:00:00Z'],
    ['2024-13-01T00:00:00Z'],
    ['2024-01-02T25:00:00Z'],
    ['2024-01-02T03:61:00Z'],
    ['2024-01-02T03:04:61Z'],
    ['02/01/2024'],
    ['yesterday'],
    [''],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [null],
    [{}],
    [true],
  ])('%j is none', value => {
    expect(parseInstant(value)).toBeUndefined()
  })
})

describe('event time', () => {
  it('is clamped to five minutes after the receipt, and may lie as far back as it likes', () => {
    expect(clampEventTime(base + 300_000, base)).toBe(base + 300_000)
    expect(clampEventTime(base + 300_001, base)).toBe(base + 300_000)
    expect(clampEventTime(0, base)).toBe(0)
  })
})
