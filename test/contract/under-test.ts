import type { Log, LogRecord } from '../../runtime/log.ts'

/** One implementation, fresh for each test. */
export type LogUnderTest = {
  /** A client of its own, as if in a process of its own. `close` of the whole closes it too. */
  log(clientId: string): Promise<Log>
  /** A name that is unique for each test. */
  name(suffix: string): string
  /** Moves a partition's log start, as retention does. */
  trim(topic: string, partition: number, offset: number): Promise<void>
  /** Deletes a topic and creates it again, with as many partitions and nothing in it. */
  recreate(topic: string): Promise<void>
  /** The offsets of a group without members are gone, as when they expire. */
  forget(group: string): Promise<void>
  close(): Promise<void>
}

export type Current = () => LogUnderTest

export const logAppendTime = { 'message.timestamp.type': 'LogAppendTime' }

/** Creates a topic for this test and answers its name. */
export async function topic(
  current: Current,
  log: Log,
  suffix: string,
  partitions: number,
  config: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = current().name(suffix)
  await log.createTopics([{ name, partitions, config: { ...logAppendTime, ...config } }])
  return name
}

export async function readAll(log: Log, name: string): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const batch of log.read(name, { from: 'beginning', until: 'end' })) records.push(...batch)
  return records
}

/** Reads along until `count` records have come. */
export async function readSome(log: Log, name: string, count: number): Promise<LogRecord[]> {
  const stop = new AbortController()
  const records: LogRecord[] = []
  for await (const batch of log.read(name, { from: 'beginning', signal: stop.signal })) {
    records.push(...batch)
    if (records.length >= count) break
  }
  stop.abort()
  return records
}
