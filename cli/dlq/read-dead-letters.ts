import type { LogRecord, ReadFrom } from '../../runtime/log.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { AlertRecord } from '../../schemas/generated/types.ts'
import type { Topic } from '../../schemas/topic.ts'
import type { Connection } from '../connection.ts'
import { bodyOf } from '../ledger/open-record.ts'
import {
  type DeadLetterEntry,
  declaredIn,
  entryOf,
  entryOfAlert,
  isOfFold,
  type Tries,
  triedAs,
} from './dead-letter.ts'

type Source = Pick<Connection, 'log' | 'codec' | 'prefix'>

export type DeadLetters = {
  readonly entries: readonly DeadLetterEntry[]
  /** See `triedAs`. */
  readonly tries: ReadonlyMap<string, Tries>
  /** The source of each entry, by what it was decided for. */
  readonly sources: ReadonlyMap<string, string>
}

/** All dead letters, and what came of those that were driven again. What cannot be read is passed over. */
export async function readDeadLetters(source: Source): Promise<DeadLetters> {
  const entries: DeadLetterEntry[] = []
  for await (const { value, partition, offset } of eventsOf(source, topics.dlq, 'beginning')) {
    if (value.kind === 'dead-letter') entries.push(entryOf(value, { partition, offset }))
  }
  const wanted = new Set(entries.map(each => each.causeId))
  const givenUp = new Set(entries.filter(isOfFold).map(each => each.causeId))
  const alerts = new Map<string, AlertRecord>()
  const tries = new Map<string, Tries>()
  const sources = new Map<string, string>()
  for await (const { value } of eventsOf(source, topics.alerts, 'beginning')) {
    const body = bodyOf(value)
    for (const id of [value.id, value.causeId]) if (wanted.has(id)) sources.set(id, body.source)
    const isGivenUp = givenUp.has(value.id)
    if (isGivenUp) alerts.set(value.id, value)
    if (body.origin === null || body.part !== 0) continue
    const as = triedAs(body.origin, value.tenant)
    tries.set(as, triesWith(tries.get(as), value, isGivenUp))
  }
  const whole = entries.map(each => {
    const alert = isOfFold(each) ? alerts.get(each.causeId) : undefined
    return alert === undefined ? each : entryOfAlert(each, alert)
  })
  return { entries: whole, tries, sources }
}

function triesWith(before: Tries | undefined, { kind, attempt, id }: AlertRecord, isGivenUp: boolean): Tries {
  const taken = kind === 'rejection' || isGivenUp ? null : { attempt, eventId: id }
  return { highest: Math.max(before?.highest ?? 0, attempt), taken: taken ?? before?.taken ?? null }
}

/** Bytes that can be sent again, and the source that was declared for them. */
export type Held = { readonly value: Buffer; readonly declared: string | null }

/**
 * The bytes of these dead letters as they were sent, by their id. Where a large record left several, only the first of them holds
 * its bytes; those of an alert lie on `alerts.raw`. One without any is absent.
 */
export async function readBytes(
  source: Source,
  chosen: readonly DeadLetterEntry[],
  all: readonly DeadLetterEntry[],
): Promise<ReadonlyMap<string, Held>> {
  const holders = new Map<string, DeadLetterEntry>()
  for (const each of all) if (each.size !== null && !holders.has(each.place)) holders.set(each.place, each)
  const held = new Map<string, Held>()
  const inDlq = chosen
    .filter(each => each.sent === null)
    .map(entry => ({ entry, lies: ((entry.size === null ? holders.get(entry.place) : entry) ?? entry).lies }))
  for await (const [entries, { value }] of recordsAt(source, topics.dlq, inDlq)) {
    const letter = value === null ? undefined : readable(source.codec, topics.dlq, value)
    if (letter?.kind !== 'dead-letter' || letter.deadLetter.value === null) continue
    for (const { id, declared } of entries) held.set(id, { value: letter.deadLetter.value, declared })
  }
  const onRaw = chosen.flatMap(entry => (entry.sent === null ? [] : [{ entry, lies: entry.sent }]))
  for await (const [entries, { value, headers }] of recordsAt(source, topics.alertsRaw, onRaw)) {
    if (value === null) continue
    for (const { id, tenant } of entries) held.set(id, { value, declared: declaredIn(headers, tenant) })
  }
  return held
}

type Wanted = { readonly entry: DeadLetterEntry; readonly lies: DeadLetterEntry['lies'] }

/** The records that lie there, each with the entries that want it, until all were met. What is gone is passed over. */
async function* recordsAt(
  { log, codec, prefix }: Source,
  topic: Topic,
  wanted: readonly Wanted[],
): AsyncGenerator<readonly [readonly DeadLetterEntry[], LogRecord]> {
  const starts = new Map((await log.bounds(prefix + topic.name)).map(({ partition, start }) => [partition, start]))
  const there = wanted.filter(({ lies }) => lies.offset >= (starts.get(lies.partition) ?? Number.POSITIVE_INFINITY))
  const offsets = new Map<number, number>()
  for (const { lies } of there) {
    offsets.set(lies.partition, Math.min(offsets.get(lies.partition) ?? lies.offset, lies.offset))
  }
  if (there.length === 0) return
  const wantedAt = Map.groupBy(there, ({ lies }) => `${lies.partition}/${lies.offset}`)
  const reading = { from: { offsets }, until: 'end', partitions: [...offsets.keys()] } as const
  for await (const records of log.read(prefix + topic.name, reading)) {
    if (topic.schema) await codec.learn(records.map(record => record.value))
    for (const record of records) {
      const at = `${record.partition}/${record.offset}`
      const entries = wantedAt.get(at)?.map(each => each.entry)
      if (entries === undefined) continue
      yield [entries, record]
      wantedAt.delete(at)
    }
    if (wantedAt.size === 0) return
  }
}

type Found<Value> = Pick<LogRecord, 'partition' | 'offset'> & { readonly value: Value }

/** The events of a topic from there to its end, one after another, so that no more than a batch is held. */
async function* eventsOf<Value>(
  { log, codec, prefix }: Source,
  topic: Topic<Value>,
  from: ReadFrom,
): AsyncGenerator<Found<Value>> {
  for await (const records of log.read(prefix + topic.name, { from, until: 'end' })) {
    await codec.learn(records.map(record => record.value))
    for (const { partition, offset, value } of records) {
      const event = value === null ? undefined : readable(codec, topic, value)
      if (event !== undefined) yield { partition, offset, value: event }
    }
  }
}

/** Undefined where it cannot be read: whoever consumes the topic has dead-lettered it. */
function readable<Value>(codec: Source['codec'], topic: Topic<Value>, bytes: Buffer): Value | undefined {
  try {
    return codec.decode(topic, bytes) as Value
  } catch {
    return undefined
  }
}
