import type { Codec } from '../../runtime/codec.ts'
import type { Log } from '../../runtime/log.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'
import { account, type Ledger, type Placed } from './account.ts'

export type Range = { readonly from?: number; readonly to?: number }

export type LedgerReading = Ledger & {
  /** Where the proof ends: partitions whose oldest records retention has removed. */
  readonly truncated: readonly { readonly topic: string; readonly partition: number; readonly start: number }[]
}

/**
 * Reads the topics and accounts for them. The committed offsets are read first: what lies below them was decided on
 * before, so its outcome must be found in what is read afterwards.
 */
export async function readLedger(log: Log, codec: Codec, prefix: string, range: Range = {}): Promise<LedgerReading> {
  const committed = async (group: string, topic: Topic) => {
    const offsets = await log.committed(prefix + group, prefix + topic.name)
    return new Map([...offsets].map(([partition, { offset }]) => [partition, offset]))
  }
  const folded = await committed('case-builder.fold', topics.alerts)
  const ingested = await committed('ingest.normalise', topics.alertsRaw)
  const raw: { partition: number; offset: number; timestamp: number }[] = []
  for await (const records of log.read(prefix + topics.alertsRaw.name, { from: 'beginning', until: 'end' })) {
    for (const { partition, offset, timestamp } of records) {
      if (timestamp >= (range.from ?? 0) && timestamp < (range.to ?? Number.POSITIVE_INFINITY))
        raw.push({ partition, offset, timestamp })
    }
  }
  const evidence = {
    ...{ raw, ingested, folded },
    alerts: await readAll(log, codec, prefix, topics.alerts),
    caseEvents: await readAll(log, codec, prefix, topics.caseEvents),
    deadLetters: await readAll(log, codec, prefix, topics.dlq),
  }
  const truncated: { topic: string; partition: number; start: number }[] = []
  for (const topic of [topics.alertsRaw, topics.alerts, topics.caseEvents]) {
    for (const { partition, start } of await log.bounds(prefix + topic.name))
      if (start > 0) truncated.push({ topic: topic.name, partition, start })
  }
  return { ...account(evidence), truncated }
}

/** All events of a topic that this version can read, in order by partition. */
export async function readAll<Value>(
  log: Log,
  codec: Codec,
  prefix: string,
  topic: Topic<Value>,
): Promise<Placed<Value>[]> {
  const placed: Placed<Value>[] = []
  for await (const records of log.read(prefix + topic.name, { from: 'beginning', until: 'end' })) {
    await codec.learn(records.map(record => record.value))
    for (const { partition, offset, value } of records) {
      if (value === null) continue
      const decoded = readable(codec, topic, value)
      if (decoded !== undefined) placed.push({ partition, offset, value: decoded as Value })
    }
  }
  return placed
}

/** A record that cannot be read was dead-lettered by the stage that met it: here it is passed over. */
function readable(codec: Codec, topic: Topic, value: Buffer): object | undefined {
  try {
    return codec.decode(topic, value)
  } catch {
    return undefined
  }
}
