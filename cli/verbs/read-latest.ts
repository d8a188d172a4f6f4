import { topics } from '../../schemas/catalogue.ts'
import type { CaseRecord, IndicatorRecord, ObservableRecord } from '../../schemas/generated/types.ts'
import type { Topic } from '../../schemas/topic.ts'
import type { Connection } from '../connection.ts'

type Source = Pick<Connection, 'log' | 'codec' | 'prefix'>

/** The latest record of each key of a compacted topic; a tombstone takes its key away. Unreadable ones are passed over. */
export async function readLatest<Value>(
  { log, codec, prefix }: Source,
  topic: Topic<Value>,
): Promise<ReadonlyMap<string, Value>> {
  const latest = new Map<string, Value>()
  for await (const records of log.read(prefix + topic.name, { from: 'beginning', until: 'end' })) {
    await codec.learn(records.map(record => record.value))
    for (const { key, value } of records) {
      const name = key?.toString() ?? ''
      if (value === null) latest.delete(name)
      else {
        try {
          latest.set(name, codec.decode(topic, value) as Value)
        } catch {
          // Whoever consumes the topic has dead-lettered it; there is nothing to show.
        }
      }
    }
  }
  return latest
}

export async function latestCases(source: Source): Promise<readonly CaseRecord[]> {
  return [...(await readLatest(source, topics.cases)).values()]
}

export async function latestObservables(source: Source): Promise<readonly ObservableRecord[]> {
  return [...(await readLatest(source, topics.observables)).values()]
}

export async function latestIndicators(source: Source): Promise<readonly IndicatorRecord[]> {
  return [...(await readLatest(source, topics.indicators)).values()]
}
