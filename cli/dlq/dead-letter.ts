import { partIdOf, rawIdOf } from '../../core/ids.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { AlertRecord, DeadLetterRecord } from '../../schemas/generated/types.ts'
import { type Headers, saidIn, sealName } from '../../services/ingest/trust.ts'
import { placeOf } from '../ledger/place.ts'

/** A dead letter without its bytes, which may be many. */
export type DeadLetterEntry = {
  readonly id: string
  readonly at: number
  readonly tenant: string
  readonly code: string
  readonly reason: string
  readonly stage: string
  /** Topic of the record that failed, without prefix. */
  readonly topic: string
  /** topic/partition/offset of that record. */
  readonly place: string
  readonly part: number | null
  /** The raw record that it follows from, where that is known. */
  readonly rawId: string | null
  /** What it was decided for: the part of a raw record, or the event. */
  readonly causeId: string
  /** The part of `alerts.raw` that was sent first; null where it is neither one nor an alert that no case has. */
  readonly origin: string | null
  /** Where the bytes lie that were sent, where the dead letter holds others: those of the alert that was made of them. */
  readonly sent: { readonly partition: number; readonly offset: number; readonly part: number } | null
  /** 0, or the how manieth time it was driven again. */
  readonly attempt: number
  readonly headers: Headers
  /** What the API said under its seal; null where the shape decided. */
  readonly declared: string | null
  readonly size: number | null
  /** Where the dead letter itself lies in `dlq`. */
  readonly lies: { readonly partition: number; readonly offset: number }
}

export function entryOf(record: DeadLetterRecord, lies: DeadLetterEntry['lies']): DeadLetterEntry {
  const { code, reason, stage, topic, partition, offset, part, value, headers } = record.deadLetter
  const { id, at, tenant, attempt, causeId, rawId } = record
  const place = rawIdOf(topic, partition, offset)
  const said = saidIn(headers)
  // ingest gives an attempt to what was sealed as a redrive alone, so that its header is to be believed.
  const first = attempt > 0 ? said.redrive?.origin : undefined
  const origin = topic === topics.alertsRaw.name ? (first ?? partIdOf(place, part ?? 0)) : null
  return {
    ...{ id, at, tenant, code, reason, stage, topic, place, part, rawId, causeId, origin, attempt, headers, lies },
    sent: null,
    declared: declaredIn(headers, tenant),
    size: value?.length ?? null,
  }
}

/** The source that the API sealed. */
export function declaredIn(headers: Headers, tenant: string): string | null {
  const said = saidIn(headers)
  return headers[sealName] !== undefined && said.tenant === tenant ? said.source : null
}

/** Whether it is about an event on `alerts` that the fold gave up: if that is an alert, no case has it. */
export function isOfFold({ topic, stage }: Pick<DeadLetterEntry, 'topic' | 'stage'>): boolean {
  return topic === topics.alerts.name && stage === 'case-builder.fold'
}

/** An alert that the fold gave up stands for the part that it was made of, which can be driven again. */
export function entryOfAlert(entry: DeadLetterEntry, record: AlertRecord): DeadLetterEntry {
  const place = placeOf(record.rawId)
  if (record.kind !== 'alert' || place === undefined) return entry
  const { part, origin } = record.alert
  const isAttempt = origin !== null && part === 0
  return {
    ...entry,
    origin: isAttempt ? origin : record.causeId,
    attempt: isAttempt ? record.attempt : 0,
    sent: { ...place, part },
  }
}

/** By the id or its first 4 digits or more, or by the record that failed: `alerts.raw/0/12` or `alerts.raw/0/12#3`. */
export function entriesNamed(name: string, entries: readonly DeadLetterEntry[]): readonly DeadLetterEntry[] {
  const placed = entries.filter(each => name === each.place || name === partIdOf(each.place, each.part ?? 0))
  if (placed.length > 0 || !/^[0-9a-f]{4,32}$/.test(name)) return placed
  return entries.filter(each => each.id.startsWith(name))
}

/** What came of driving a part again. */
export type Tries = {
  /** The highest attempt that ingest has decided on. */
  readonly highest: number
  /** The attempt that became an alert, or was suppressed. */
  readonly taken: { readonly attempt: number; readonly eventId: string } | null
}

/** `taken`: an attempt at it went through. `superseded`: a later attempt failed too, and has a dead letter of its own. */
export type EntryState = 'open' | 'taken' | 'superseded'

/** What was tried is of a tenant: another one that names the same part has not tried it. */
export function triedAs(origin: string, tenant: string): string {
  return JSON.stringify([origin, tenant])
}

export function triesAt(
  { origin, tenant }: Pick<DeadLetterEntry, 'origin' | 'tenant'>,
  tries: ReadonlyMap<string, Tries>,
): Tries | undefined {
  return origin === null ? undefined : tries.get(triedAs(origin, tenant))
}

export function stateOf(entry: DeadLetterEntry, tries: ReadonlyMap<string, Tries>): EntryState {
  const known = triesAt(entry, tries)
  if (known === undefined) return 'open'
  if (known.taken !== null) return 'taken'
  return known.highest > entry.attempt ? 'superseded' : 'open'
}

/** What to do about a record that is no alert of a sender: it cannot be driven again as one. */
export function adviceFor(entry: DeadLetterEntry): string {
  if (entry.topic === topics.commands.name) return 'it is a command: ask for the same again'
  if (isOfFold(entry))
    return `it is a record that ${entry.stage} could not decide on, and no alert that is still on ${topics.alerts.name}: mend that first; what was sent lies at ${entry.rawId ?? entry.place}`
  if (entry.topic === topics.alerts.name)
    return `it is an alert that ${entry.stage} could not decide on: mend that; the alert itself has its outcome, so nothing is to be sent`
  return `it is a record of ${entry.topic}, which ${entry.stage} could not decide on: mend that first; the record stays at ${entry.place}`
}
