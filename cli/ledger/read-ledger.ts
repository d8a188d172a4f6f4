import type { Codec } from '../../runtime/codec.ts'
import type { Log, ReadFrom } from '../../runtime/log.ts'
import type { Topic } from '../../schemas/topic.ts'
import type { Placed } from './account.ts'
import { type Following, followLedger, readable } from './follow.ts'
import { type Filter, isMatched, type Ledger } from './outcome.ts'
import type { OffsetRange, Range, Truncated } from './range.ts'

export type LedgerReading = Ledger & {
  /** Where the proof ends: partitions whose oldest records, which the range may have held, retention has removed. */
  readonly truncated: readonly Truncated[]
  /** What the range names that was never there: nothing can be said of it. */
  readonly absent: readonly OffsetRange[]
  /** False where a source or a tenant is asked for of whom nothing is known. */
  readonly matched: boolean
}

/** Reads the topics and accounts for them, as they are at the call or later. */
export async function readLedger(log: Log, codec: Codec, prefix: string, range: Range = {}): Promise<LedgerReading> {
  const following = followLedger({ log, codec, prefix }, { range, remembers: 'all' })
  await following.round()
  return readingOf(following)
}

/** As the account stands after a round. */
export async function readingOf(following: Following, filter: Filter = {}): Promise<LedgerReading> {
  const ledger = following.account.ledger(filter)
  const [truncated, absent] = [await following.truncated(), following.absent()]
  return { ...ledger, truncated, absent, matched: isMatched(filter, ledger.rows) }
}

/** All events of a topic that this version can read, in order by partition. */
export async function readAll<Value>(
  log: Log,
  codec: Codec,
  prefix: string,
  topic: Topic<Value>,
): Promise<Placed<Value>[]> {
  const placed: Placed<Value>[] = []
  for await (const each of eventsOf(log, codec, prefix, topic)) placed.push(each)
  return placed
}

/** The same, one after another, for what need not be held all at once. */
export async function* eventsOf<Value>(
  log: Log,
  codec: Codec,
  prefix: string,
  topic: Topic<Value>,
  from: ReadFrom = 'beginning',
): AsyncGenerator<Placed<Value>> {
  for await (const records of log.read(prefix + topic.name, { from, until: 'end' })) {
    await codec.learn(records.map(record => record.value))
    for (const { partition, offset, value } of records) {
      if (value === null) continue
      const decoded = readable(codec, topic, value)
      if (decoded !== undefined) yield { partition, offset, value: decoded as Value }
    }
  }
}
