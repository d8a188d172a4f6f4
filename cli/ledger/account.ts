import type { AlertRecord, CaseEvent, DeadLetterRecord } from '../../schemas/generated/types.ts'
import { type Attempt, type Attempts, note, standing } from './attempts.ts'
import { idTable } from './id-table.ts'
import { type OffsetRuns, offsetRuns } from './offset-runs.ts'
import {
  addFact,
  bodyOf,
  type Committed,
  type Fact,
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
 * record is remembered only until each of its parts has its outcome; then it is a number. A part that was refused and driven
 * again counts once, by the highest attempt of its own tenant: anybody may name any part. See `follow.ts` for what must be read before what.
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
  /** How many rejections `open` remembers: 100,000 where nothing is said. */
  readonly mostRejections?: number
}

const decisions: Readonly<Partial<Record<CaseEvent['kind'], Outcome>>> = {
  'alert-linked': 'linked',
  'alert-repeated': 'duplicate',
  'alert-suppressed': 'suppressed',
}

export function accountOf({ covers, remembers, mostRejections = 100_000 }: AccountOptions): Account {
  const records = new Map<number, Map<number, OpenRecord>>()
  const read = new Map<number, OffsetRuns>()
  const counts = tallies()
  const attempts: Attempts = new Map()
  /** Parts that are settled as rejected, with their tally and tenant: they may be driven again. */
  const rejected = new Map<string, { readonly tally: number; readonly tenant: string }>()
  /** How many of them are not remembered any more. */
  let forgotten = 0
  /** One text for each tenant, however many records name it. */
  const tenants = new Map<string, string>()
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

  function tenantNamed(name: string): string {
    const known = tenants.get(name) ?? name
    tenants.set(known, known)
    return known
  }

  function remember({ partition, offset }: Place, at: number): OpenRecord {
    const unknown = { isRead: false, deadFor: undefined, parts: 0, facts: [], known: 0, done: 0, early: undefined }
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
      const { decided: outcome = 'unaccounted', tally, tenant } = fact
      if (isAttempt(fact)) {
        note(attempts, fact.origin, attemptOf(record, fact, outcome))
        carriers.add(rawIdAt(record))
      } else settleOne(partIdAt(record, fact.part), outcome, tally, tenant)
    }
    records.get(record.partition)?.delete(record.offset)
  }

  function settleOne(id: string, outcome: Outcome, tally: number, tenant: string): void {
    counts.add(tally, outcome)
    if (outcome !== 'rejected') return
    rejected.set(id, { tally, tenant })
    if (remembers === 'all' || rejected.size <= mostRejections) return
    forgotten += 1
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
      const tenant = tenantNamed(value.tenant)
      addFact(record, { id: value.id, part, partition, offset, tally, tenant, isAlert, origin, attempt, decided })
      record.parts = Math.max(record.parts, parts)
      // A raw record that could not be decided on has no alerts.
      if (record.deadFor !== undefined && value.kind !== 'rejection') repeat(value.rawId ?? value.id)
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
        // A rejection has a dead letter beside its record on `alerts`. What the fold gave up had no outcome before.
        const isRejected = rejected.has(partIdAt(place, 0)) || carriers.has(rawId)
        if (isOfFold || !isRejected) repeat(isOfFold ? letter.causeId : rawId)
      } else if (isOfFold) decide(record, letter.causeId, 0, 'rejected')
      else {
        record.deadFor = tenantNamed(letter.tenant)
        if (factsOf(record).some(each => each.isAlert)) repeat(rawId)
      }
    },

    settle(now) {
      committed = now
      for (const record of openRecords()) {
        const { partition, offset, isRead, deadFor, known } = record
        const runs = read.get(partition)
        const isBehind = offset < (runs?.last() ?? -1)
        if (isRead && deadFor !== undefined && known === 0 && offset < (now.ingested.get(partition) ?? 0)) {
          settleOne(partIdAt(record, 0), 'rejected', 0, deadFor)
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
      const again: Attempts = new Map([...attempts].map(([id, settled]) => [id, [...settled]]))
      for (const record of openRecords()) {
        const [fact] = record.facts
        if (fact === undefined || !isAttempt(fact)) continue
        note(again, fact.origin, attemptOf(record, fact, outcomeOf(fact, committed)))
      }
      const foreign: string[] = []
      /** The attempt that stands for this part, after those are added that stand for themselves. */
      const latestOf = (id: string, tenant: string | undefined): Attempt | undefined => {
        const { latest, others } = standing(again.get(id) ?? [], tenant)
        again.delete(id)
        for (const each of others) {
          if (each.isOwn) add(each.id, each.outcome, each.tally, each.at)
          if (tenant !== undefined) foreign.push(each.id)
        }
        return latest
      }
      for (const record of openRecords()) {
        if (!record.isRead) continue
        for (const { id, outcome, tally, tenant } of partsOf(record, committed)) {
          const latest = latestOf(id, tenant)
          if (latest === undefined) add(id, outcome, tally, record.at)
          else add(id, latest.outcome, latest.tally, latest.at)
        }
      }
      for (const [id, named] of again) {
        const place = placeOf(id)
        const isThere = place !== undefined && isKnown(place)
        // It is counted where its origin is, outside of the range. An origin that would be in it is nowhere.
        if (!isThere && place !== undefined && !covers(place, Number.NEGATIVE_INFINITY)) continue
        const before = rejected.get(id)
        // It may have been refused, and is counted as that: one outcome is enough. What has none shows all the same.
        if (isThere && before === undefined && forgotten > 0) again.set(id, named.filter(isWaiting))
        const latest = latestOf(id, before?.tenant)
        if (before === undefined || latest === undefined) continue
        now.add(before.tally, 'rejected', -1)
        add(id, latest.outcome, latest.tally, latest.at)
      }
      const parts = [...open.pending.list(), ...open.unaccounted.list()]
      return ledgerOf(now.rows().filter(isWanted), parts, [...repeated, ...foreign], [...orphans])
    },

    open: () => [...records.values()].reduce((sum, each) => sum + each.size, 0),
  }
}

function attemptOf(record: OpenRecord, { part, tenant, attempt, tally }: Fact, outcome: Outcome): Attempt {
  return { id: partIdAt(record, part), tenant, attempt, outcome, tally, at: record.at, isOwn: record.isRead }
}

function isWaiting({ outcome }: Attempt): boolean {
  return outcome === 'pending' || outcome === 'unaccounted'
}

function alertOf(event: CaseEvent): { readonly alertId: string; readonly part: number } {
  if (event.kind === 'alert-linked') return event.alertLinked
  if (event.kind === 'alert-repeated') return event.alertRepeated
  return event.kind === 'alert-suppressed' ? event.alertSuppressed : { alertId: '', part: 0 }
}
