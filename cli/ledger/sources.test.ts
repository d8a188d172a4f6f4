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
    ['one of which fewer than 8 alerts are known: none', steady.slice(1), null],
    ['one that sends in bursts: the time between them', [...Array.from({ length: 60 }, () => 5), day, day], day],
    ['one that was away once: as before', [...Array.from({ length: 100 }, () => minute), 50 * minute], minute],
  ])('%s', (_what, gaps, usual) => {
    expect(usualGapOf(gaps)).toBe(usual)
  })

  it('makes it silent once it is exceeded ten times, and never where nothing is usual', () => {
    expect(isSilent(start, 10_000, start + 100_000)).toBe(false)
    expect(isSilent(start, 10_000, start + 100_001)).toBe(true)
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

  it('is bounded, whatever names senders think of', () => {
    const book = sourceBook(3)
    for (let number = 0; number < 50; number += 1) book.see(from(`${number}-`.padEnd(500, 'x'), start + number))
    const list = book.list(start)
    expect(list.map(each => each.source.length)).toEqual([5, 64, 64, 64])
    expect(list.find(each => each.source === 'other')).toMatchObject({ tenant: 'other', alerts: 47 })
  })
})
