import { describe, expect, it } from 'vitest'
import type { AlertRecord, CaseEvent, DeadLetterRecord } from '../../schemas/generated/types.ts'
import {
  deadInFold,
  linked,
  opened,
  repeated,
  someAlert,
  someDeadLetter,
  someRejection,
  someSuppression,
  suppressed,
} from '../explain/some-events.ts'
import { type AccountOptions, accountOf } from './account.ts'
import type { Ledger } from './outcome.ts'

/** Partition 0 of each topic, offset by offset from 0 on. */
type History = {
  /** Offsets of the raw records, where they are not 0, 1, 2… */
  readonly rawAt?: readonly number[]
  readonly raw: number
  readonly alerts: readonly AlertRecord[]
  readonly caseEvents?: readonly CaseEvent[]
  readonly deadLetters?: readonly DeadLetterRecord[]
  readonly ingested?: number
  readonly folded?: number
}

const everything: AccountOptions = { covers: () => true, remembers: 'all' }

/** The topics read one after another, and the other way round: it must not matter. */
function accountsOf(history: History, options = everything) {
  const { raw, alerts, caseEvents = [], deadLetters = [], ingested = raw, folded = 100, rawAt } = history
  const offsets = rawAt ?? Array.from({ length: raw }, (_, offset) => offset)
  return [false, true].map(isReversed => {
    const account = accountOf(options)
    const each =
      <Item>(items: readonly Item[], feed: (item: Item, index: number) => void) =>
      () => {
        for (const [index, item] of items.entries()) feed(item, index)
      }
    const readers = [
      each(offsets, offset => account.raw({ partition: 0, offset, timestamp: offset })),
      each(alerts, (value, offset) => account.alert({ partition: 0, offset, value })),
      each(caseEvents, account.caseEvent),
      each(deadLetters, account.deadLetter),
    ]
    for (const read of isReversed ? readers.toReversed() : readers) read()
    account.settle({ ingested: new Map([[0, ingested]]), folded: new Map([[0, folded]]) })
    return account
  })
}

function accounted(history: History): Ledger {
  const [inOrder, reversed] = accountsOf(history).map(account => account.ledger())
  if (inOrder === undefined) throw new Error('no account')
  const { raw, pending, unaccounted, balanced } = inOrder
  // Of two outcomes that contradict one another the first that is met counts, and both are told.
  const isSound = inOrder.repeated.length === 0
  expect(reversed).toMatchObject(isSound ? inOrder : { raw, pending, unaccounted, balanced })
  return inOrder
}

const first = someAlert({ offset: 0 })
const again = someAlert({ offset: 1 })
const second = someAlert({ offset: 0, part: 1, parts: 2 })
const one = { raw: 1, alerts: [first] }

describe('the account of a sound history', () => {
  it('gives every part its one outcome, and balances', () => {
    const alerts = [first, again, someRejection({ offset: 2 }), someSuppression({ offset: 3 })]
    const caseEvents = [opened(first), linked(first), repeated(again, first)]
    const ledger = accounted({ raw: 5, alerts, caseEvents, deadLetters: [someDeadLetter(2), someDeadLetter(4)] })
    expect(ledger).toMatchObject({ raw: 5, linked: 1, duplicate: 1, suppressed: 1, rejected: 2, pending: 0 })
    expect(ledger.repeated).toEqual([])
    expect(ledger.balanced).toBe(true)
  })

  it('counts each part of one raw record', () => {
    const parts = [0, 1, 2].map(part => someAlert({ offset: 0, part, parts: 3 }))
    const ledger = accounted({ raw: 1, alerts: parts, caseEvents: parts.map(each => linked(each)) })
    expect(ledger).toMatchObject({ raw: 3, linked: 3, balanced: true })
  })

  it('counts an alert as rejected that the fold dead-lettered, and as suppressed that a suppression kept out', () => {
    expect(accounted({ ...one, deadLetters: [deadInFold(first)] })).toMatchObject({ rejected: 1, balanced: true })
    expect(accounted({ ...one, caseEvents: [suppressed(first)] })).toMatchObject({ suppressed: 1, balanced: true })
  })

  it.each([
    ['a raw record that ingest has not committed', { raw: 1, alerts: [], ingested: 0 }],
    ['an alert that the fold has not committed', { ...one, folded: 0 }],
    [
      'a part that is not seen yet of a record that ingest has not committed',
      { raw: 1, alerts: [someAlert({ offset: 0, parts: 2 })], caseEvents: [linked(first)], ingested: 0 },
    ],
  ])('calls %s pending, which still balances', (_what, history) => {
    expect(accounted(history)).toMatchObject({ pending: 1, unaccounted: 0, balanced: true })
  })

  it('lists what is pending with source and time, the oldest first', () => {
    const ledger = accounted({ raw: 3, alerts: [first, again], ingested: 2, folded: 0 })
    expect(ledger.parts.map(({ id, source, since }) => [id, source, since])).toEqual([
      ['alerts.raw/0/0#0', 'wazuh', 0],
      ['alerts.raw/0/1#0', 'wazuh', 1],
      ['alerts.raw/0/2#0', 'unread', 2],
    ])
  })

  it('counts by source and tenant, and leaves in what nobody has read where only some are asked for', () => {
    const alerts = [first, someSuppression({ offset: 1 })]
    const [account] = accountsOf({ raw: 3, alerts, caseEvents: [linked(first)], ingested: 2 })
    const rowsOf = (filter: object) => account?.ledger(filter).rows.map(each => [each.source, each.tenant])
    expect(rowsOf({})).toEqual(
      expect.arrayContaining([
        ['wazuh', 'acme'],
        ['eve', 'acme'],
        ['unread', 'unread'],
      ]),
    )
    expect(rowsOf({ source: 'wazuh' })).not.toContainEqual(['eve', 'acme'])
    expect(account?.ledger({ source: 'wazuh' })).toMatchObject({ raw: 2, linked: 1, suppressed: 0, pending: 1 })
    expect(account?.ledger({ tenant: 'other' })).toMatchObject({ raw: 1, pending: 1 })
  })

  it('remembers no record whose parts have their outcome', () => {
    const many = Array.from({ length: 50 }, (_, offset) => someAlert({ offset }))
    const history = { raw: 51, alerts: many, caseEvents: many.map(each => linked(each)), ingested: 50 }
    expect(accountsOf(history).map(account => account.open())).toEqual([1, 1])
  })
})

describe('a part that was driven again', () => {
  const origin = 'alerts.raw/0/0#0'
  const refused = someRejection({ offset: 0 })
  const attempt = someAlert({ offset: 1, origin, attempt: 1 })
  const both = { raw: 2, alerts: [refused, attempt] }

  it('is counted once, by what its attempt came to; its rejection is no second outcome', () => {
    const deadLetters = [someDeadLetter(0)]
    const ledger = accounted({ ...both, deadLetters, caseEvents: [linked(attempt)] })
    expect(ledger).toMatchObject({ raw: 1, linked: 1, rejected: 0, repeated: [], orphans: [], balanced: true })
  })

  it('is pending while its highest attempt is', () => {
    const later = someAlert({ offset: 2, origin, attempt: 2 })
    const history = { raw: 3, alerts: [refused, attempt, later], caseEvents: [linked(attempt)], folded: 2 }
    expect(accounted(history)).toMatchObject({ raw: 1, pending: 1, linked: 0, balanced: true })
  })

  it('is lost where its highest attempt is', () => {
    expect(accounted(both)).toMatchObject({ raw: 1, unaccounted: 1, rejected: 0, balanced: false })
  })

  it('is rejected again where the attempt is, whose dead letter counts no more', () => {
    const alerts = [refused, someRejection({ offset: 1, origin, attempt: 1 })]
    const ledger = accounted({ raw: 2, alerts, deadLetters: [someDeadLetter(0), someDeadLetter(1)] })
    expect(ledger).toMatchObject({ raw: 1, rejected: 1, repeated: [], balanced: true })
  })

  it('counts by its highest attempt in whichever order they are read', () => {
    const later = someRejection({ offset: 2, origin, attempt: 2 })
    const history = { raw: 3, alerts: [refused, later, attempt], caseEvents: [linked(attempt)] }
    expect(accounted(history)).toMatchObject({ raw: 1, rejected: 1, linked: 0, balanced: true })
  })

  it('heals a raw record that nobody could read, and an alert that the fold gave up', () => {
    const caseEvents = [linked(attempt)]
    const healed = { raw: 1, linked: 1, rejected: 0, repeated: [], balanced: true }
    const dead = { raw: 2, alerts: [attempt], deadLetters: [someDeadLetter(0)], caseEvents }
    expect(accounted(dead)).toMatchObject(healed)
    const inFold = { raw: 2, alerts: [first, attempt], deadLetters: [deadInFold(first)], caseEvents }
    expect(accounted(inFold)).toMatchObject(healed)
  })

  it.each([
    ['the fold lost', { raw: 2, alerts: [first, attempt] }, { unaccounted: 1, balanced: false }],
    ['ingest lost', { raw: 2, alerts: [attempt] }, { unaccounted: 1, balanced: false }],
    ['is in a case', { raw: 2, alerts: [first, attempt], caseEvents: [linked(first)] }, { linked: 2, balanced: true }],
    ['waits', { raw: 2, alerts: [attempt], ingested: 0 }, { pending: 1, balanced: true }],
  ])('leaves a part as it is that %s, for it was never refused: it is one of its own', (_what, history, told) => {
    const caseEvents = [...('caseEvents' in history ? history.caseEvents : []), linked(attempt)]
    expect(accounted({ ...history, caseEvents })).toMatchObject({ raw: 2, ...{ linked: 1, rejected: 0 }, ...told })
  })

  it('stays rejected whatever another tenant drove again in its name, which does not balance', () => {
    const theirs = { ...someAlert({ offset: 2, origin, attempt: 9 }), tenant: 'globex' }
    const caseEvents = [linked(attempt), linked(theirs)]
    const told = { repeated: ['alerts.raw/0/2#0'], balanced: false }
    const alone = accounted({ raw: 3, alerts: [refused, theirs, again], caseEvents: [linked(theirs), linked(again)] })
    expect(alone).toMatchObject({ raw: 3, rejected: 1, linked: 2, ...told })
    expect(alone.rows.map(each => [each.tenant, each.linked, each.rejected])).toEqual(
      expect.arrayContaining([
        ['acme', 1, 1],
        ['globex', 1, 0],
      ]),
    )
    const both = accounted({ raw: 3, alerts: [refused, theirs, attempt], caseEvents })
    expect(both).toMatchObject({ raw: 2, rejected: 0, linked: 2, ...told })
    const unread = { raw: 3, alerts: [attempt, theirs], deadLetters: [someDeadLetter(0)], caseEvents }
    expect(accounted(unread)).toMatchObject({ raw: 2, rejected: 0, linked: 2, ...told })
  })

  it('is not counted twice by whoever has forgotten that it was rejected; what was lost shows all the same', () => {
    const account = accountOf({ covers: () => true, remembers: 'open', mostRejections: 2 })
    const drivenAgain = [0, 1, 2].map(part =>
      someAlert({ offset: 3 + part, origin: `alerts.raw/0/${part}#0`, attempt: 1 }),
    )
    const lost = someAlert({ offset: 6, origin, attempt: 2 })
    const alerts = [...[0, 1, 2].map(offset => someRejection({ offset })), ...drivenAgain, lost]
    for (const [offset, value] of alerts.entries()) {
      account.raw({ partition: 0, offset, timestamp: offset })
      account.alert({ partition: 0, offset, value })
    }
    for (const value of drivenAgain) account.caseEvent(linked(value))
    const known = { raw: 3, linked: 2, rejected: 1, repeated: [] }
    account.settle({ ingested: new Map([[0, 7]]), folded: new Map([[0, 6]]) })
    expect(account.ledger()).toMatchObject({ ...known, raw: 4, pending: 1, balanced: true })
    account.settle({ ingested: new Map([[0, 7]]), folded: new Map([[0, 7]]) })
    expect(account.ledger()).toMatchObject({ ...known, raw: 4, unaccounted: 1, balanced: false })
    account.caseEvent(linked(lost))
    expect(account.ledger()).toMatchObject({ ...known, unaccounted: 0, balanced: true })
  })

  it('may have become several: the first stands for it, the others for themselves', () => {
    const parts = [0, 1].map(part => someAlert({ offset: 1, part, parts: 2, origin, attempt: 1 }))
    const caseEvents = parts.map(each => linked(each))
    expect(accounted({ raw: 2, alerts: [refused, ...parts], caseEvents })).toMatchObject({ raw: 2, linked: 2 })
  })

  it('counts where it lies in the range, though the attempt lies behind it', () => {
    const covers = (place: { readonly offset: number }) => place.offset === 0
    const [account] = accountsOf({ ...both, caseEvents: [linked(attempt)] }, { covers, remembers: 'all' })
    expect(account?.ledger()).toMatchObject({ raw: 1, linked: 1, balanced: true })
  })

  it('is no part of a range that it lies behind, where it was never refused', () => {
    const covers = (place: { readonly offset: number }) => place.offset === 0
    const caseEvents = [linked(first), linked(attempt)]
    const [account] = accountsOf({ raw: 2, alerts: [first, attempt], caseEvents }, { covers, remembers: 'all' })
    expect(account?.ledger()).toMatchObject({ raw: 1, linked: 1, balanced: true })
  })

  it('is a part of its own where what it names is nowhere: nothing gets out of the account by a name', () => {
    const lost = someAlert({ offset: 0, origin: 'alerts.raw/0/99#0', attempt: 1 })
    expect(accounted({ raw: 1, alerts: [lost] })).toMatchObject({ raw: 1, unaccounted: 1, balanced: false })
  })

  it('is not known to be one until it was read: then its raw record is a part of its own', () => {
    expect(accounted({ raw: 2, alerts: [refused], ingested: 1 })).toMatchObject({ raw: 2, rejected: 1, pending: 1 })
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
        alerts: [0, 2].map(part => someAlert({ offset: 0, part, parts: 3 })),
        caseEvents: [0, 2].map(part => linked(someAlert({ offset: 0, part, parts: 3 }))),
      },
      ['alerts.raw/0/0#1'],
    ],
  ])('names %s as unaccounted', (_what, history, ids) => {
    const ledger = accounted(history)
    expect(ledger.balanced).toBe(false)
    expect(ledger.parts.filter(part => part.outcome === 'unaccounted').map(part => part.id)).toEqual(ids)
  })

  it.each([
    ['an event id that stands twice', { ...one, caseEvents: [opened(first), opened(first), linked(first)] }],
    [
      'two alerts for one part',
      { raw: 1, alerts: [first, { ...first, id: 'f'.repeat(32) }], caseEvents: [linked(first)] },
    ],
    [
      'a raw record that is gone from the middle',
      { raw: 0, alerts: [again], caseEvents: [linked(again)], rawAt: [0, 2] },
    ],
    ['an alert that stands twice', { raw: 1, alerts: [first, first], caseEvents: [linked(first)] }],
    ['an alert with two outcomes', { ...one, caseEvents: [linked(first), repeated(first, someAlert({ offset: 9 }))] }],
    ['an alert that is in a case and dead', { ...one, caseEvents: [linked(first)], deadLetters: [deadInFold(first)] }],
    [
      'a part that is in a case and dead, beside one that was rejected',
      {
        raw: 1,
        alerts: [someRejection({ offset: 0, parts: 2 }), second],
        caseEvents: [linked(second)],
        deadLetters: [deadInFold(second)],
      },
    ],
    [
      'a raw record that is dead as a whole and has an alert',
      { ...one, caseEvents: [linked(first)], deadLetters: [someDeadLetter(0)] },
    ],
  ])('does not balance with %s, though nothing is unaccounted', (_what, history) => {
    const ledger = accounted(history)
    expect(ledger).toMatchObject({ unaccounted: 0, balanced: false })
    expect(ledger.repeated.length + ledger.orphans.length).toBeGreaterThan(0)
  })

  it('tells pending and unaccounted apart by the committed offset alone', () => {
    const ledger = accounted({ raw: 2, alerts: [first, again], folded: 1 })
    expect(ledger).toMatchObject({ pending: 1, unaccounted: 1, balanced: false })
  })
})
