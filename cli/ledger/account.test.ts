import { describe, expect, it } from 'vitest'
import {
  linked,
  opened,
  repeated,
  someAlert,
  someDeadLetter,
  someRejection,
  someSuppression,
} from '../explain/some-events.ts'
import { account, type Evidence, type Placed } from './account.ts'

/** Offset by offset in partition 0, as if each topic held exactly these. */
function placed<Value>(values: readonly Value[]): Placed<Value>[] {
  return values.map((value, offset) => ({ partition: 0, offset, value }))
}

type History = {
  /** Offsets of the raw records, where they are not 0, 1, 2… */
  readonly rawAt?: readonly number[]
  readonly raw: number
  readonly alerts: readonly Placed<Evidence['alerts'][number]['value']>[]
  readonly caseEvents?: Evidence['caseEvents']
  readonly deadLetters?: Evidence['deadLetters']
  readonly ingested?: number
  readonly folded?: number
}

function accounted({ raw, alerts, caseEvents = [], deadLetters = [], ingested = raw, folded = 100, rawAt }: History) {
  return account({
    raw: (rawAt ?? Array.from({ length: raw }, (_, offset) => offset)).map(offset => ({
      partition: 0,
      offset,
      timestamp: offset,
    })),
    ...{ alerts, caseEvents, deadLetters },
    ingested: new Map([[0, ingested]]),
    folded: new Map([[0, folded]]),
  })
}

const first = someAlert({ offset: 0 })
const again = someAlert({ offset: 1 })
const one = { raw: 1, alerts: placed([first]) }

describe('the account of a sound history', () => {
  it('gives every part its one outcome, and balances', () => {
    const alerts = placed([first, again, someRejection({ offset: 2 }), someSuppression({ offset: 3 })])
    const caseEvents = placed([opened(first), linked(first), repeated(again, first)])
    const ledger = accounted({ raw: 5, alerts, caseEvents, deadLetters: placed([someDeadLetter(4)]) })
    expect(ledger).toMatchObject({ raw: 5, linked: 1, duplicate: 1, suppressed: 1, rejected: 2, pending: 0 })
    expect(ledger.balanced).toBe(true)
  })

  it('counts each part of one raw record', () => {
    const parts = [0, 1, 2].map(part => someAlert({ offset: 0, part, parts: 3 }))
    const ledger = accounted({ raw: 1, alerts: placed(parts), caseEvents: placed(parts.map(each => linked(each))) })
    expect(ledger).toMatchObject({ raw: 3, linked: 3, balanced: true })
  })

  it('counts an alert as rejected that the fold dead-lettered', () => {
    expect(accounted({ ...one, deadLetters: placed([someDeadLetter(900, first.id)]) })).toMatchObject({
      rejected: 1,
      balanced: true,
    })
  })

  it.each([
    ['a raw record that ingest has not committed', { raw: 1, alerts: [], ingested: 0 }],
    ['an alert that the fold has not committed', { ...one, folded: 0 }],
  ])('calls %s pending, which still balances', (_what, history) => {
    expect(accounted(history)).toMatchObject({ pending: 1, unaccounted: 0, balanced: true })
  })
})

describe('the account of a broken history', () => {
  it.each([
    ['a raw record below the committed offset that left nothing', { raw: 1, alerts: [] }, ['alerts.raw/0/0#0']],
    ['an alert below the committed offset without a case event', one, ['alerts.raw/0/0#0']],
    [
      'a lost part of a raw record',
      {
        raw: 1,
        alerts: placed([0, 2].map(part => someAlert({ offset: 0, part, parts: 3 }))),
        caseEvents: placed([0, 2].map(part => linked(someAlert({ offset: 0, part, parts: 3 })))),
      },
      ['alerts.raw/0/0#1'],
    ],
  ])('names %s as unaccounted', (_what, history, ids) => {
    const ledger = accounted(history)
    expect(ledger.balanced).toBe(false)
    expect(ledger.parts.filter(part => part.outcome === 'unaccounted').map(part => part.id)).toEqual(ids)
  })

  it.each([
    ['an event id that stands twice', { ...one, caseEvents: placed([opened(first), opened(first), linked(first)]) }],
    [
      'two alerts for one part',
      { raw: 1, alerts: placed([first, { ...first, id: 'f'.repeat(32) }]), caseEvents: placed([linked(first)]) },
    ],
    [
      'a raw record that is gone from the middle',
      { raw: 0, alerts: placed([again]), caseEvents: placed([linked(again)]), rawAt: [0, 2] },
    ],
    ['an alert that stands twice', { raw: 1, alerts: placed([first, first]), caseEvents: placed([linked(first)]) }],
    [
      'an alert with two outcomes',
      { ...one, caseEvents: placed([linked(first), repeated(first, someAlert({ offset: 9 }))]) },
    ],
  ])('does not balance with %s, though nothing is unaccounted', (_what, history) => {
    const ledger = accounted(history)
    expect(ledger).toMatchObject({ unaccounted: 0, balanced: false })
    expect(ledger.repeated.length + ledger.orphans.length).toBeGreaterThan(0)
  })

  it('tells pending and unaccounted apart by the committed offset alone', () => {
    const alerts = placed([first, again])
    const ledger = accounted({ raw: 2, alerts, folded: 1 })
    expect(ledger).toMatchObject({ pending: 1, unaccounted: 1, balanced: false })
  })
})
