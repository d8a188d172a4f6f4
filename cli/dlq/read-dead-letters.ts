import type { LogRecord, ReadFrom } from '../../runtime/log.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { AlertRecord } from '../../schemas/generated/types.ts'
import type { Topic } from '../../schemas/topic.ts'
import type { Connection } from '../connection.ts'
import { type DeadLetterEntry, entryOf, type Tries } from './dead-letter.ts'

type Source = Pick<Connection, 'log' | 'codec' | 'prefix'>

export type DeadLetters = {
  readonly entries: readonly DeadLetterEntry[]
  /** By the part that was sent first. */
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
  const tries = new Map<string, Tries>()
  const sources = new Map<string, string>()
  for await (const { value } of eventsOf(source, topics.alerts, 'beginning')) {
    const body = bodyOf(value)
    for (const id of [value.id, value.causeId]) if (wanted.has(id)) sources.set(id, body.source)
    if (body.origin !== null) tries.set(body.origin, triesWith(tries.get(body.origin), value))
  }
  return { entries, tries, sources }
}

function bodyOf(event: AlertRecord): { readonly source: string; readonly origin: string | null } {
  if (event.kind === 'alert') return event.alert
  return event.kind === 'rejection' ? event.rejection : event.suppression
}

function triesWith(before: Tries | undefined, { kind, attempt, id }: AlertRecord): Tries {
  const taken = kind === 'rejection' ? null : { attempt, eventId: id }
  return { highest: Math.max(before?.highest ?? 0, attempt), taken: taken ?? before?.taken ?? null }
}

/**
 * The bytes of these dead letters, by their id. Where a large record left several, only the first of them holds its bytes. One
 * without any is absent.
 */
export async function readBytes(
  source: Source,
  chosen: readonly DeadLetterEntry[],
  all: readonly DeadLetterEntry[],
): Promise<ReadonlyMap<string, Buffer>> {
  const holders = new Map<string, DeadLetterEntry>()
  for (const each of all) if (each.size !== null && !holders.has(each.place)) holders.set(each.place, each)
  const wantedBy = new Map<string, string[]>()
  const from = new Map<number, number>()
  for (const each of chosen) {
    const { lies } = (each.size === null ? holders.get(each.place) : each) ?? each
    const at = `${lies.partition}/${lies.offset}`
    wantedBy.set(at, [...(wantedBy.get(at) ?? []), each.id])
    from.set(lies.partition, Math.min(from.get(lies.partition) ?? lies.offset, lies.offset))
  }
  const bytes = new Map<string, Buffer>()
  if (chosen.length === 0) return bytes
  let left = wantedBy.size
  for await (const { value, partition, offset } of eventsOf(source, topics.dlq, { offsets: from }, [...from.keys()])) {
    const ids = wantedBy.get(`${partition}/${offset}`)
    if (ids === undefined || value.kind !== 'dead-letter') continue
    for (const id of ids) if (value.deadLetter.value !== null) bytes.set(id, value.deadLetter.value)
    left -= 1
    if (left === 0) break
  }
  return bytes
}

type Found<Value> = Pick<LogRecord, 'partition' | 'offset'> & { readonly value: Value }

/** The events of a topic from there to its end, one after another, so that no more than a batch is held. */
async function* eventsOf<Value>(
  { log, codec, prefix }: Source,
  topic: Topic<Value>,
  from: ReadFrom,
  partitions?: readonly number[],
): AsyncGenerator<Found<Value>> {
  const reading = { from, until: 'end', ...(partitions === undefined ? {} : { partitions }) } as const
  for await (const records of log.read(prefix + topic.name, reading)) {
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
