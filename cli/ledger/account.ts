import type { AlertRecord, CaseEvent, DeadLetterRecord } from '../../schemas/generated/types.ts'
import { type Attempt, offer } from './attempts.ts'
import { idTable } from './id-table.ts'
import { type OffsetRuns, offsetRuns } from './offset-runs.ts'
import {
  addFact,
  bodyOf,
  type Committed,
  factsOf,
  isAttempt,
  isDone,
  type OpenRecord,
  outcomeOf,
  partsOf,
} from './open-record.ts'
import { type Filter, type Ledger, ledgerOf, type Outcome, oldest, wanted } from './outcome.ts'
import { type Place, partIdAt, placeOf, rawIdAt } from './place.ts'
import { tallies } from './tallies.ts'

export type Placed<Value> = { readonly partition: number; readonly offset: number; readonly value: Value }

/**
 * The proof that nothing was lost: every part of every raw record has exactly one outcome, or is still to come.
 *
 * It grows by what the topics hold, each topic in order by partition, the topics in any order among themselves. A raw
 * record is remembered only until each of its parts has its outcome; then it is a number. A part that was driven again
 * counts once, by its highest attempt. See `follow.ts` for what must be read before what.
 */
export type Account = {
  raw(record: Place & { readonly timestamp: number }): void
  alert(placed: Placed<AlertRecord>): void
  caseEvent(event: CaseEvent): void
  deadLetter(record: DeadLetterRecord): void
  /** To be called once the topics were read to their ends, with what had been committed before. */
  settle(committed: Committed): void
  /** As it stands since the last `settle`. A filter leaves in what nobody has read: it may be anyone's. */
  ledger(filter?: Filter): Ledger
  /** Raw records that are remembered, for the sake of their parts that have no outcome. */
  readonly open: () => number
}

export type AccountOptions = {
  /** Which raw records are accounted for; `at` in epoch ms. */
  readonly covers: (place: Place, at: number) => boolean
  /**
   * `all`: remembers every id, so that whatever stands twice is found. `open`: only what is not settled, and the latest
   * rejections, so that it can go on for ever.
   */
  readonly remembers: 'all' | 'open'
}

const mostRejections = 100_000

const decisions: Readonly<Partial<Record<CaseEvent['kind'], Outcome>>> = {
  'alert-linked': 'linked',
  'alert-repeated': 'duplicate',
  'alert-suppressed': 'suppressed',
}

export function accountOf({ covers, remembers }: AccountOptions): Account {
  const records = new Map<number, Map<number, OpenRecord>>()
  const read = new Map<number, OffsetRuns>()
  const counts = tallies()
  const attempts = new Map<string, Attempt>()
  /** Parts that are settled as rejected, with their tally: they may be driven again. */
  const rejected = new Map<string, number>()
  /** Settled raw records by which others were driven again. */
  const carriers = new Set<string>()
  const repeated = new Set<string>()
  const orphans: string[] = []
  const seen = remembers === 'all' ? [idTable(), idTable(), idTable()] : []
  let committed: Committed = { ingested: new Map(), folded: new Map() }

  const isKnown = ({ partition, offset }: Place) => read.get(partition)?.has(offset) ?? false

  /** An event's raw record: `settled` where all of its parts are, undefined where it is not accounted for. */
  function recordOf(place: Place | undefined, at: number, orphan?: string): OpenRecord | 'settled' | undefined {
    if (place === undefined) return undefined
    const { partition, offset } = place
    const found = records.get(partition)?.get(offset)
    if (found !== undefined) return found
    if (!covers(place, at)) return undefined
    if (isKnown(place)) return 'settled'
    const runs = read.get(partition)
    if (offset < (runs?.last() ?? -1)) {
      if (orphan !== undefined && offset > (runs?.first() ?? 0)) orphans.push(orphan)
      return undefined
    }
    return remember(place, at)
  }

  function remember({ partition, offset }: Place, at: number): OpenRecord {
    const unknown = { isRead: false, isDead: false, parts: 0, facts: [], known: 0, done: 0, early: undefined }
    const made: OpenRecord = { partition, offset, at, ...unknown }
    const inPartition = records.get(partition) ?? new Map<number, OpenRecord>()
    inPartition.set(offset, made)
    records.set(partition, inPartition)
    return made
  }

  /** Notes an event id that stands twice in its topic. */
  function meet(topic: number, id: string): void {
    if (seen[topic]?.add(id) === false) repeated.add(id)
  }

  function repeat(id: string): void {
    if (remembers === 'all') repeated.add(id)
  }

  function decide(record: OpenRecord, alertId: string, part: number, outcome: Outcome): void {
    const likely = record.facts[part]
    const fact = likely?.id === alertId ? likely : record.facts.find(each => each?.id === alertId)
    // What is no alert has its outcome from ingest, whatever the fold makes of it.
    if (fact?.isAlert === false) return
    const known = fact === undefined ? record.early?.get(alertId) : fact.decided
    if (known !== undefined) repeated.add(alertId)
    else if (fact !== undefined) {
      fact.decided = outcome
      record.done += 1
    } else {
      record.early ??= new Map()
      record.early.set(alertId, outcome)
    }
    close(record)
  }

  /** Settles what is done: from then on it is a number. */
  function close(record: OpenRecord): void {
    if (!isDone(record)) return
    for (const fact of factsOf(record)) {
      const { decided: outcome = 'unaccounted', tally, attempt } = fact
      if (isAttempt(fact)) {
        offer(attempts, fact.origin, { attempt, outcome, tally, at: record.at })
        carriers.add(rawIdAt(record))
      } else settleOne(partIdAt(record, fact.part), outcome, tally)
    }
    records.get(record.partition)?.delete(record.offset)
  }

  function settleOne(id: string, outcome: Outcome, tally: number): void {
    counts.add(tally, outcome)
    if (outcome !== 'rejected') return
    rejected.set(id, tally)
    if (remembers === 'all' || rejected.size <= mostRejections) return
    for (const oldest of rejected.keys()) return void rejected.delete(oldest)
  }

  function* openRecords(): Generator<OpenRecord> {
    for (const inPartition of records.values()) yield* inPartition.values()
  }

  return {
    raw({ partition, offset, timestamp }) {
      if (!covers({ partition, offset }, timestamp)) return
      const runs = read.get(partition) ?? offsetRuns()
      read.set(partition, runs)
      if (!runs.add(offset)) return
      const record = records.get(partition)?.get(offset) ?? remember({ partition, offset }, timestamp)
      record.isRead = true
      record.at = timestamp
      close(record)
    },

    alert({ partition, offset, value }) {
      const body = bodyOf(value)
      const { part, parts, origin, source } = body
      let record = recordOf(placeOf(value.rawId), value.at, value.causeId)
      // Its own record may lie outside of the range that its origin lies in.
      const place = placeOf(value.rawId)
      if (record === undefined && origin !== null && part === 0 && place !== undefined && !covers(place, value.at))
        record = remember(place, value.at)
      if (record === undefined) return
      meet(0, value.id)
      if (record === 'settled' || record.facts[part] !== undefined) return repeat(value.causeId)
      const isAlert = value.kind === 'alert'
      const tally = counts.numberOf(source, value.tenant)
      const decided = isAlert ? record.early?.get(value.id) : value.kind === 'rejection' ? 'rejected' : 'suppressed'
      const attempt = Math.max(1, value.attempt)
      addFact(record, { id: value.id, part, partition, offset, tally, isAlert, origin, attempt, decided })
      record.parts = Math.max(record.parts, parts)
      // A raw record that could not be decided on has no alerts.
      if (record.isDead && value.kind !== 'rejection') repeat(value.rawId ?? value.id)
      close(record)
    },

    caseEvent(event) {
      const record = recordOf(placeOf(event.rawId), event.at)
      if (record === undefined) return
      meet(1, event.id)
      const outcome = decisions[event.kind]
      if (outcome === undefined) return
      const { alertId, part } = alertOf(event)
      if (record === 'settled') repeat(alertId)
      else decide(record, alertId, part, outcome)
    },

    deadLetter(letter) {
      const { topic, stage, partition, offset, timestamp, part } = letter.deadLetter
      const isOfFold = topic === 'alerts' && stage === 'case-builder.fold'
      if (!isOfFold && (topic !== 'alerts.raw' || part !== null)) return
      const place = isOfFold ? placeOf(letter.rawId) : { partition, offset }
      const record = recordOf(place, isOfFold ? letter.at : timestamp)
      if (place === undefined || record === undefined) return
      meet(2, letter.id)
      const rawId = rawIdAt(place)
      if (record === 'settled') {
        // A rejection has a dead letter beside its record on `alerts`.
        const isRejected = rejected.has(partIdAt(place, 0)) || carriers.has(rawId)
        if (!isRejected) repeat(isOfFold ? letter.causeId : rawId)
      } else if (isOfFold) decide(record, letter.causeId, 0, 'rejected')
      else {
        record.isDead = true
        if (factsOf(record).some(each => each.isAlert)) repeat(rawId)
      }
    },

    settle(now) {
      committed = now
      for (const record of openRecords()) {
        const { partition, offset, isRead, isDead, known } = record
        const runs = read.get(partition)
        const isBehind = offset < (runs?.last() ?? -1)
        if (isRead && isDead && known === 0 && offset < (now.ingested.get(partition) ?? 0)) {
          settleOne(partIdAt(record, 0), 'rejected', 0)
          records.get(partition)?.delete(offset)
        } else if (!isRead && isBehind && covers(record, record.at)) {
          records.get(partition)?.delete(offset)
          if (offset > (runs?.first() ?? 0)) orphans.push(...factsOf(record).map(fact => partIdAt(record, fact.part)))
        }
      }
    },

    ledger(filter = {}) {
      const now = counts.copy()
      const isWanted = wanted(filter)
      const open = { pending: oldest(), unaccounted: oldest() }
      const add = (id: string, outcome: Outcome, tally: number, since: number) => {
        now.add(tally, outcome)
        if (outcome !== 'pending' && outcome !== 'unaccounted') return
        const name = now.nameOf(tally)
        if (isWanted(name)) open[outcome].add({ id, outcome, ...name, since })
      }
      const again = new Map(attempts)
      for (const { facts, at } of openRecords()) {
        const [fact] = facts
        if (fact === undefined || !isAttempt(fact)) continue
        const { attempt, tally } = fact
        offer(again, fact.origin, { attempt, outcome: outcomeOf(fact, committed), tally, at })
      }
      for (const record of openRecords()) {
        if (!record.isRead) continue
        for (const { id, outcome, tally } of partsOf(record, committed)) {
          const latest = again.get(id)
          again.delete(id)
          if (latest === undefined) add(id, outcome, tally, record.at)
          else add(id, latest.outcome, latest.tally, latest.at)
        }
      }
      for (const [id, { outcome, tally, at }] of again) {
        const place = placeOf(id)
        if (place === undefined || !isKnown(place)) continue
        const before = rejected.get(id)
        if (before !== undefined) now.add(before, 'rejected', -1)
        add(id, outcome, tally, at)
      }
      const parts = [...open.pending.list(), ...open.unaccounted.list()]
      return ledgerOf(now.rows().filter(isWanted), parts, [...repeated], [...orphans])
    },

    open: () => [...records.values()].reduce((sum, each) => sum + each.size, 0),
  }
}

function alertOf(event: CaseEvent): { readonly alertId: string; readonly part: number } {
  if (event.kind === 'alert-linked') return event.alertLinked
  if (event.kind === 'alert-repeated') return event.alertRepeated
  return event.kind === 'alert-suppressed' ? event.alertSuppressed : { alertId: '', part: 0 }
}
