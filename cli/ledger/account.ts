import { rawIdOf } from '../../core/ids.ts'
import type { AlertRecord, CaseEvent, DeadLetterRecord } from '../../schemas/generated/types.ts'

/**
 * The proof that nothing was lost: every part of every raw record has exactly one outcome, or is still to come.
 * A function of what the topics hold; see `read-ledger.ts` for the order in which they must be read.
 */
export type Outcome = 'linked' | 'duplicate' | 'suppressed' | 'rejected' | 'pending' | 'unaccounted'

export type Placed<Value> = { readonly partition: number; readonly offset: number; readonly value: Value }

export type Evidence = {
  /** Every raw record of the range, by partition and offset. */
  readonly raw: readonly { readonly partition: number; readonly offset: number; readonly timestamp: number }[]
  readonly alerts: readonly Placed<AlertRecord>[]
  readonly caseEvents: readonly Placed<CaseEvent>[]
  readonly deadLetters: readonly Placed<DeadLetterRecord>[]
  /** Up to where each stage has committed, by partition; read before the topics. */
  readonly ingested: ReadonlyMap<number, number>
  readonly folded: ReadonlyMap<number, number>
}

export type Part = { readonly id: string; readonly outcome: Outcome; readonly source: string; readonly since: number }

export type Ledger = Readonly<Record<Outcome, number>> & {
  readonly raw: number
  readonly parts: readonly Part[]
  /** Parts with more than one outcome, and event ids that stand twice: never in a sound log. */
  readonly repeated: readonly string[]
  /** Parts whose raw record is missing from the middle of its partition. */
  readonly orphans: readonly string[]
  readonly balanced: boolean
}

const topic = 'alerts.raw'

export function account(evidence: Evidence): Ledger {
  const repeated = repeatedIds(evidence)
  const alertsByRaw = groupBy(evidence.alerts, each => each.value.rawId ?? '')
  const deadByCause = new Set(evidence.deadLetters.map(each => each.value.causeId))
  const deadByOrigin = new Set(evidence.deadLetters.flatMap(each => originOf(each.value)))
  const outcomes = caseOutcomes(evidence.caseEvents, repeated)
  const parts: Part[] = []
  const known = new Set<string>()

  for (const { partition, offset, timestamp } of evidence.raw) {
    const rawId = rawIdOf(topic, partition, offset)
    known.add(rawId)
    const found = onePerPart(alertsByRaw.get(rawId) ?? [], repeated)
    const isDead = deadByOrigin.has(rawId)
    if (found.length === 0) {
      const isToCome = offset >= (evidence.ingested.get(partition) ?? 0)
      const outcome = isDead ? 'rejected' : isToCome ? 'pending' : 'unaccounted'
      parts.push({ id: `${rawId}#0`, outcome, source: 'unread', since: timestamp })
      continue
    }
    // A raw record that could not be decided on has no alerts.
    if (isDead && found.some(each => each.value.kind !== 'rejection')) repeated.add(rawId)
    for (const each of found) parts.push({ ...partOf(each.value), outcome: outcomeOf(each), since: timestamp })
    for (const missing of missingParts(found)) {
      parts.push({ id: `${rawId}#${missing}`, outcome: 'unaccounted', source: 'unread', since: timestamp })
    }
  }

  function outcomeOf(each: Placed<AlertRecord>): Outcome {
    if (each.value.kind === 'rejection') return 'rejected'
    if (each.value.kind === 'suppression') return 'suppressed'
    const decided = outcomes.get(each.value.id)
    const isDead = deadByCause.has(each.value.id)
    if (decided !== undefined && isDead) repeated.add(each.value.causeId)
    if (decided !== undefined) return decided
    if (isDead) return 'rejected'
    return each.offset >= (evidence.folded.get(each.partition) ?? 0) ? 'pending' : 'unaccounted'
  }

  const count = (outcome: Outcome) => parts.filter(part => part.outcome === outcome).length
  const ledger = {
    raw: parts.length,
    linked: count('linked'),
    duplicate: count('duplicate'),
    suppressed: count('suppressed'),
    rejected: count('rejected'),
    pending: count('pending'),
    unaccounted: count('unaccounted'),
  }
  const orphans = orphansOf(evidence, known)
  const balanced = ledger.unaccounted === 0 && repeated.size === 0 && orphans.length === 0
  return { ...ledger, parts, repeated: [...repeated], orphans, balanced }
}

/** One record per part is right; of more, the first counts and the part is repeated. */
function onePerPart(records: readonly Placed<AlertRecord>[], repeated: Set<string>): readonly Placed<AlertRecord>[] {
  const parts = new Map<string, Placed<AlertRecord>>()
  for (const each of records) {
    if (parts.has(each.value.causeId)) repeated.add(each.value.causeId)
    else parts.set(each.value.causeId, each)
  }
  return [...parts.values()]
}

/** Alerts from a raw record that should be there and is not: its offset lies within what was read of its partition. */
function orphansOf(evidence: Evidence, known: ReadonlySet<string>): string[] {
  const bounds = new Map<number, { first: number; last: number }>()
  for (const { partition, offset } of evidence.raw) {
    const { first, last } = bounds.get(partition) ?? { first: offset, last: offset }
    bounds.set(partition, { first: Math.min(first, offset), last: Math.max(last, offset) })
  }
  return evidence.alerts.flatMap(({ value }) => {
    const [, partition = '', offset = ''] = value.rawId?.split('/') ?? []
    const within = bounds.get(Number(partition))
    const isWithin = within !== undefined && Number(offset) >= within.first && Number(offset) <= within.last
    return isWithin && value.rawId !== null && !known.has(value.rawId) ? [value.causeId] : []
  })
}

function partOf(record: AlertRecord): { id: string; source: string } {
  const body =
    record.kind === 'alert' ? record.alert : record.kind === 'rejection' ? record.rejection : record.suppression
  return { id: record.causeId, source: body.source }
}

function missingParts(found: readonly Placed<AlertRecord>[]): number[] {
  const numbers = found.map(({ value }) =>
    value.kind === 'alert' ? value.alert : value.kind === 'rejection' ? value.rejection : value.suppression,
  )
  const have = new Set(numbers.map(each => each.part))
  const parts = Math.max(...numbers.map(each => each.parts))
  return Array.from({ length: parts }, (_, part) => part).filter(part => !have.has(part))
}

function caseOutcomes(events: readonly Placed<CaseEvent>[], repeated: Set<string>): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>()
  for (const { value } of events) {
    if (value.kind !== 'alert-linked' && value.kind !== 'alert-repeated') continue
    const alertId = value.kind === 'alert-linked' ? value.alertLinked.alertId : value.alertRepeated.alertId
    if (outcomes.has(alertId)) repeated.add(alertId)
    outcomes.set(alertId, value.kind === 'alert-linked' ? 'linked' : 'duplicate')
  }
  return outcomes
}

function repeatedIds(evidence: Evidence): Set<string> {
  const repeated = new Set<string>()
  for (const events of [evidence.alerts, evidence.caseEvents, evidence.deadLetters]) {
    const seen = new Set<string>()
    for (const { value } of events) {
      if (seen.has(value.id)) repeated.add(value.id)
      seen.add(value.id)
    }
  }
  return repeated
}

/** The raw record that a dead letter is about as a whole. */
function originOf(record: DeadLetterRecord): string[] {
  const { topic: from, partition, offset, part } = record.deadLetter
  return from === topic && part === null ? [rawIdOf(from, partition, offset)] : []
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}
