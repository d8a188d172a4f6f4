import { setImmediate } from 'node:timers'
import { VigiaError } from '../../core/errors.ts'
import type { LogRecord, ReadOptions } from '../log.ts'
import type { PartitionLog } from './partition-log.ts'

/** Records in one batch of a reader outside of a group. */
const batchSize = 500

/** Wakes the readers of one client when it is closed or killed. */
export type Lifetime = { readonly ended: () => boolean; readonly watchers: Set<() => void> }

/**
 * read_committed. `until: 'end'` goes up to the end as it was at the first call of `next`, and waits there for a
 * transaction that is still open: what it commits belongs to what was asked for. Ends when the signal aborts or the
 * client is closed.
 */
export async function* readPartitions(
  logs: readonly PartitionLog[],
  { from, until, partitions, signal }: ReadOptions,
  lifetime: Lifetime,
): AsyncGenerator<readonly LogRecord[]> {
  const cursors = logs
    .filter(log => partitions?.includes(log.partition) ?? true)
    .map(log => ({
      log,
      position: firstOffset(log, from),
      bound: until === 'end' ? log.end : Number.POSITIVE_INFINITY,
    }))
  const stopped = () => signal?.aborted === true || lifetime.ended()
  while (!stopped()) {
    let delivered = false
    for (const cursor of cursors) {
      const { log, position, bound } = cursor
      if (position < log.start || position > log.end) throw outOfRange(log, position)
      const { records, next } = log.fetch(position, batchSize, bound)
      cursor.position = next
      if (records.length === 0) continue
      delivered = true
      yield records
      if (stopped()) return
      // Between batches others have their turn: a long read must not starve the process.
      await new Promise<void>(resolve => setImmediate(resolve))
    }
    if (delivered) continue
    if (cursors.every(({ position, bound }) => position >= bound)) return
    await changed(cursors, signal, lifetime)
  }
}

export function outOfRange(log: PartitionLog, offset: number): VigiaError {
  return new VigiaError(
    'VIG_OFFSET_OUT_OF_RANGE',
    `offset ${offset} of ${log.topic}/${log.partition} lies outside of ${log.start}..${log.end}`,
    { topic: log.topic, partition: log.partition, offset, start: log.start, end: log.end },
  )
}

function firstOffset(log: PartitionLog, from: ReadOptions['from']): number {
  if (from === 'beginning') return log.start
  if (from === 'latest') return log.end
  return 'time' in from ? log.offsetAt(from.time) : (from.offsets.get(log.partition) ?? log.start)
}

async function changed(
  cursors: readonly { readonly log: PartitionLog; readonly position: number; readonly bound: number }[],
  signal: AbortSignal | undefined,
  lifetime: Lifetime,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  // A partition that is done is not watched: it would wake for nothing.
  const watched = cursors.filter(({ position, bound }) => position < bound).map(({ log }) => log)
  for (const log of watched) log.watchers.add(wake)
  lifetime.watchers.add(wake)
  signal?.addEventListener('abort', wake)
  await promise
  for (const log of watched) log.watchers.delete(wake)
  lifetime.watchers.delete(wake)
  signal?.removeEventListener('abort', wake)
}
