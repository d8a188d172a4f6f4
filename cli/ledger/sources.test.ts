import { describe, expect, it } from 'vitest'
import type { AlertRecord } from '../../schemas/generated/types.ts'
import { someAlert, someRejection, someSuppression, suppressed } from '../explain/some-events.ts'
import { isSilent, sourceBook, usualGapOf } from './sources.ts'

const minute = 60_000
const start = Date.parse('2026-11-20T10:00:00Z')
const from = (source: string, at: number, tenant = 'acme'): AlertRecord => {
  const record = someAlert({ offset: 0 })
  return record.kind === 'alert' ? { ...record, at, tenant, alert: { ...record.alert, source } } : record
}

describe('the usual gap of a source', () => {
  const steady = Array.from({ length: 7 }, () => 10_000)
  const day = 24 * 60 * minute
  it.each([
    ['a steady one: its interval', steady, 10_000],
    ['one of which fewer than 8 arrivals are known: none', steady.slice(1), null],
    ['one that sends in bursts: the time between them', [...Array.from({ length: 60 }, () => 5), day, day], day],
    ['one that was away once: as before', [...Array.from({ length: 100 }, () => minute), 50 * minute], minute],
  ])('%s', (_what, gaps, usual) => {
    expect(usualGapOf(gaps)).toBe(usual)
  })

  it.each([
    ['ten times the usual gap', minute, 10 * minute],
    ['5 minutes where that is less', 10, 5 * minute],
  ])('makes it silent once nothing came for longer than %s', (_what, usual, most) => {
    expect([most, most + 1].map(since => isSilent(start, usual, start + since))).toEqual([false, true])
  })

  it('makes none silent where nothing is usual', () => {
    expect(isSilent(start, null, start + 1e12)).toBe(false)
  })
})

describe('what came from each source', () => {
  it('is counted by what became of it, the one that was last seen first', () => {
    const book = sourceBook()
    const records = [someAlert({ offset: 0 }), someRejection({ offset: 4 }), someSuppression({ offset: 7 })]
    for (const record of records) book.see(record)
    book.suppress(suppressed(someAlert({ offset: 0 })))
    const never = { usualGapMs: null, silent: false, tenant: 'acme' }
    expect(book.list(start + 59 * minute)).toEqual([
      { source: 'eve', alerts: 0, refused: 0, suppressed: 1, lastHour: 1, lastSeenAt: start + 7, ...never },
      { source: 'wazuh', alerts: 1, refused: 1, suppressed: 1, lastHour: 2, lastSeenAt: start + 4, ...never },
    ])
    expect(book.list(start + 61 * minute).map(each => each.lastHour)).toEqual([0, 0])
  })

  it('tells tenants apart, and who of them has fallen silent', () => {
    const book = sourceBook()
    for (let number = 0; number < 9; number += 1) {
      book.see(from('wazuh', start + number * minute, 'acme'))
      book.see(from('wazuh', start + number * 10 * minute, 'globex'))
    }
    const silent = book.list(start + 90 * minute).map(({ tenant, silent }) => [tenant, silent])
    expect(silent).toEqual([
      ['globex', false],
      ['acme', true],
    ])
  })

  it.each([
    // Bursts, alerts in each, ms between these, ms between bursts; what is usual, and how long it may be away.
    ['hourly bursts', [24, 150, 10, 60 * minute], 60 * minute, 600 * minute],
    ['bursts that take several minutes', [12, 150, 2_000, 60 * minute], 56 * minute, 560 * minute],
    ['one alert each 10 s', [1, 100, 10_000, 0], minute, 10 * minute],
    ['a first burst', [1, 100, 10, 0], null, Number.POSITIVE_INFINITY],
  ] as const)('has the usual gap of %s', (_what, [bursts, alerts, between, apart], usualGapMs, most) => {
    const book = sourceBook()
    let last = 0
    for (let burst = 0; burst < bursts; burst += 1) {
      for (let number = 0; number < alerts; number += 1) {
        last = start + burst * apart + number * between
        book.see(from('wazuh', last))
      }
    }
    expect(book.list(last + Math.min(most, 1e12))).toMatchObject([{ usualGapMs, silent: false }])
    expect(book.list(last + Math.min(most, 1e12) + 1)).toMatchObject([{ silent: usualGapMs !== null }])
  })

  it('is bounded, whatever names senders think of', () => {
    const book = sourceBook(3)
    for (let number = 0; number < 50; number += 1) book.see(from(`${number}-`.padEnd(500, 'x'), start + number))
    const list = book.list(start)
    expect(list.map(each => each.source.length)).toEqual([5, 64, 64, 64])
    expect(list.find(each => each.source === 'other')).toMatchObject({ tenant: 'other', alerts: 47 })
  })
})
