import type { Log } from '../../../runtime/log.ts'
import { topics } from '../../../schemas/catalogue.ts'

/** What each stage reads: whatever lies there must be decided on. */
export const readers: Readonly<Record<string, readonly string[]>> = {
  'ingest.normalise': [topics.alertsRaw.name],
  'case-builder.fold': [topics.alerts.name, topics.analysisResults.name, topics.commands.name],
  'analyzer-dispatcher.plan': [topics.observables.name],
  'analyzer-dispatcher.run': [topics.analysisJobs.name],
  'misp-sync.join': [topics.observables.name, topics.indicators.name],
  'responder.decide': [topics.caseEvents.name, topics.commands.name, topics.responderOutcomes.name],
  'responder.act': [topics.responses.name],
}

/** How far one stage is in one partition: between the two lie records or only the marks of transactions. */
export type Lag = {
  readonly stage: string
  readonly topic: string
  readonly partition: number
  /** The next offset to be read, and what is kept with it. */
  readonly committed: number
  readonly metadata: string
  readonly end: number
}

export async function lagsOf(log: Log, prefix: string): Promise<readonly Lag[]> {
  const names = [...new Set(Object.values(readers).flat())]
  const pairs = Object.entries(readers).flatMap(([stage, inputs]) => inputs.map(topic => ({ stage, topic })))
  // Commits first: an end that is read later is never behind them.
  const commits = await Promise.all(pairs.map(({ stage, topic }) => log.committed(prefix + stage, prefix + topic)))
  const bounds = new Map(await Promise.all(names.map(async name => [name, await log.bounds(prefix + name)] as const)))
  return pairs.flatMap(({ stage, topic }, index) =>
    (bounds.get(topic) ?? []).map(({ partition, start, end }) => {
      const held = commits[index]?.get(partition)
      return { stage, topic, partition, end, committed: held?.offset ?? start, metadata: held?.metadata ?? '' }
    }),
  )
}

/** Whether a committed record lies before the stage: marks of transactions are none. */
export async function hasRecord(log: Log, prefix: string, lag: Lag, signal?: AbortSignal): Promise<boolean> {
  if (lag.committed >= lag.end) return false
  const from = { offsets: new Map([[lag.partition, lag.committed]]) }
  const options = { from, until: 'end', partitions: [lag.partition], ...(signal ? { signal } : {}) } as const
  for await (const records of log.read(prefix + lag.topic, options)) if (records.length > 0) return true
  return false
}
