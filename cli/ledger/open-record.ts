import type { AlertRecord } from '../../schemas/generated/types.ts'
import type { Outcome } from './outcome.ts'
import { type Place, partIdAt } from './place.ts'

/** What is known of one event on `alerts`. */
export type Fact = {
  readonly id: string
  readonly part: number
  /** Where the event lies on `alerts`: whether the fold is past it tells pending and unaccounted apart. */
  readonly partition: number
  readonly offset: number
  /** Of its source and tenant, see `tallies`. */
  readonly tally: number
  readonly tenant: string
  readonly isAlert: boolean
  /** The part that this is another attempt at, and the how manieth. */
  readonly origin: string | null
  readonly attempt: number
  decided: Outcome | undefined
}

/** What is known of one raw record whose parts do not all have their outcome yet. */
export type OpenRecord = Place & {
  /** Epoch ms. */
  at: number
  /** Whether the record itself was read; until then it is known from what followed from it. */
  isRead: boolean
  /** A dead letter is about it as a whole: the tenant that it is of. */
  deadFor: string | undefined
  parts: number
  /** By part; what is not known yet is a hole. */
  facts: (Fact | undefined)[]
  /** How many facts there are, and how many of them have their outcome. */
  known: number
  done: number
  /** Outcomes whose alert was not read yet, by its event id. */
  early: Map<string, Outcome> | undefined
}

/** Up to where each stage had committed, by partition, before the topics were read. */
export type Committed = {
  readonly ingested: ReadonlyMap<number, number>
  readonly folded: ReadonlyMap<number, number>
}

/** The body of a record, whatever it says of its part. */
export function bodyOf(record: AlertRecord) {
  if (record.kind === 'alert') return record.alert
  return record.kind === 'rejection' ? record.rejection : record.suppression
}

/** Whether this is another attempt at a part: the first part of a record that was driven again stands for its origin. */
export function isAttempt(fact: Fact): fact is Fact & { readonly origin: string } {
  return fact.origin !== null && fact.part === 0
}

export function outcomeOf(fact: Fact, { folded }: Committed): Outcome {
  if (fact.decided !== undefined) return fact.decided
  return fact.offset >= (folded.get(fact.partition) ?? 0) ? 'pending' : 'unaccounted'
}

/** Of a million open records the arrays must be no longer than their one part. */
export function addFact(record: OpenRecord, fact: Fact): void {
  if (record.known === 0 && fact.part === 0) record.facts = [fact]
  else record.facts[fact.part] = fact
  record.known += 1
  if (fact.decided !== undefined) record.done += 1
}

export function factsOf(record: OpenRecord): readonly Fact[] {
  return record.facts.filter(fact => fact !== undefined)
}

export function isDone({ isRead, known, done, parts }: OpenRecord): boolean {
  return isRead && known > 0 && known >= parts && done === known
}

export type PartOutcome = {
  readonly id: string
  readonly outcome: Outcome
  readonly tally: number
  /** Where it is rejected, the tenant that it was refused for. */
  readonly tenant: string | undefined
}

/** The parts of a record that stand for themselves, each with its outcome; what nobody has read has the tally 0. */
export function partsOf(record: OpenRecord, committed: Committed): readonly PartOutcome[] {
  const isToCome = record.offset >= (committed.ingested.get(record.partition) ?? 0)
  if (record.known === 0) {
    const outcome = record.deadFor !== undefined ? 'rejected' : isToCome ? 'pending' : 'unaccounted'
    return [{ id: partIdAt(record, 0), outcome, tally: 0, tenant: record.deadFor }]
  }
  return Array.from({ length: record.parts }, (_, part) => part).flatMap(part => {
    const fact = record.facts[part]
    const id = partIdAt(record, part)
    if (fact === undefined)
      return [{ id, outcome: isToCome ? 'pending' : 'unaccounted', tally: 0, tenant: undefined } as const]
    if (isAttempt(fact)) return []
    const outcome = outcomeOf(fact, committed)
    return [{ id, outcome, tally: fact.tally, tenant: outcome === 'rejected' ? fact.tenant : undefined }]
  })
}
