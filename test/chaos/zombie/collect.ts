import { messageOf } from '../../../core/errors.ts'
import type { Log, LogRecord } from '../../../runtime/log.ts'

/** All committed records of a topic that have been read so far, in order of offset within each partition. */
export type Collected = {
  readonly records: readonly LogRecord[]
  /** Reads on from where it stopped, up to the end of the topic as it is now. Rejects where the brokers stay away. */
  refresh(): Promise<void>
}

export function collect(log: Log, topic: string): Collected {
  const records: LogRecord[] = []
  const next = new Map<number, number>()
  return {
    records,
    async refresh() {
      for await (const batch of log.read(topic, { from: { offsets: next }, until: 'end' })) {
        for (const record of batch) {
          records.push(record)
          next.set(record.partition, record.offset + 1)
        }
      }
    },
  }
}

/** Tries again until the deadline: brokers may be killed meanwhile. */
export async function patiently<T>(deadline: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`the brokers stayed away: ${messageOf(error)}`, { cause: error })
    }
  }
}
