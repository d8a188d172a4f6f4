import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster, KafkaMessage } from 'kafkajs'
import { VigiaError } from '../../core/errors.ts'
import type { LogRecord, ReadOptions } from '../log.ts'
import { clusterOf, kafkaClient } from './client.ts'
import { isOffsetOutOfRange, isRefused, isUnknownTopic, outOfRange, topicMisfit, unavailable } from './failure.ts'
import type { Messages } from './fixes/compaction.ts'
import { upstream } from './fixes/upstream.ts'
import type { Settings } from './options.ts'
import { copied, logRecord } from './record.ts'

const READ_COMMITTED = 1
const MAX_WAIT_MS = 500
const MAX_BYTES_PER_PARTITION = 4 * 1024 * 1024
const MAX_BYTES = 24 * 1024 * 1024
/** How long the brokers may give no answer before a reader gives up. */
const PATIENCE_MS = 30_000
const UNKNOWN_TOPIC_PATIENCE_MS = 3_000

type FetchedPartition = { readonly partition: number; readonly messages: Messages }
type FetchingBroker = {
  fetch(request: {
    isolationLevel: number
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[]
  }): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>
}
type Batch = { readonly messages: KafkaMessage[]; lastOffset(): string; isEmptyIncludingFiltered(): boolean }
type BatchClass = new (topic: string, fetchedOffset: string, data: FetchedPartition) => Batch

type Cursor = { readonly partition: number; position: number; readonly bound: number; begun: boolean }

/**
 * Reads partitions without a group: fetch requests to the leaders of the partitions, so that nothing is joined, committed or left behind.
 * Of each call the connection is its own, since a waiting fetch blocks all others on its connection.
 *
 * Throws `VIG_TOPIC_MISFIT` where there is no such topic, `VIG_OFFSET_OUT_OF_RANGE` where what was asked for, or the place
 * already reached, is no longer there, and `VIG_LOG_UNAVAILABLE` after 30 s without an answer.
 */
export async function* readTopic(settings: Settings, topic: string, options: ReadOptions): AsyncGenerator<LogRecord[]> {
  const { signal } = options
  let cluster: Cluster | undefined
  let cursors: Cursor[] | undefined
  let answered = Date.now()
  const stopped = () => signal?.aborted === true
  try {
    while (!stopped()) {
      let batches: LogRecord[][]
      try {
        cluster ??= await connect(settings, topic)
        cursors ??= await placeCursors(cluster, topic, options)
        const open = cursors.filter(({ position, bound }) => position < bound)
        if (open.length === 0) return
        batches = await abortable(fetchAll(cluster, topic, open), signal)
      } catch (error) {
        if (stopped()) return
        if (error instanceof VigiaError) throw error
        if (cluster && cursors && isOffsetOutOfRange(error)) await moveToStart(cluster, topic, cursors)
        const waited = Date.now() - answered
        if (isUnknownTopic(error) && waited > UNKNOWN_TOPIC_PATIENCE_MS)
          throw topicMisfit(`there is no topic ${topic}`, topic)
        if (isRefused(error) || waited > PATIENCE_MS) throw unavailable(`reading ${topic}`, error)
        // A leader moved, or a connection broke: begin with a new connection and fresh metadata.
        void cluster?.disconnect().catch(() => {})
        cluster = undefined
        await sleep(100)
        continue
      }
      answered = Date.now()
      for (const batch of batches) {
        yield batch
        if (stopped()) return
      }
      answered = Date.now()
    }
  } finally {
    void cluster?.disconnect().catch(() => {})
  }
}

async function connect(settings: Settings, topic: string): Promise<Cluster> {
  const cluster = clusterOf(kafkaClient(settings, 'append'))
  await cluster.connect()
  await cluster.addMultipleTargetTopics([topic])
  return cluster
}

type Bounds = Map<number, { readonly start: number; readonly end: number }>

async function boundsOf(cluster: Cluster, topic: string): Promise<Bounds> {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }))
  const [starts] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: true }])
  const [ends] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: false }])
  const end = new Map(ends?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
  return new Map(
    starts?.partitions.map(({ partition, offset }) => [
      partition,
      { start: Number(offset), end: end.get(partition) ?? Number(offset) },
    ]),
  )
}

async function placeCursors(cluster: Cluster, topic: string, options: ReadOptions): Promise<Cursor[]> {
  const { from, until } = options
  const bounds = await boundsOf(cluster, topic)
  const numbers = [...bounds.keys()].filter(partition => options.partitions?.includes(partition) ?? true)
  const first = await firstOffsets(cluster, topic, numbers, from, bounds)
  return numbers
    .sort((a, b) => a - b)
    .map(partition => {
      const { start, end } = bounds.get(partition) ?? { start: 0, end: 0 }
      const position = first.get(partition) ?? start
      if (position < start || position > end) throw outOfRange({ topic, partition, offset: position, start, end })
      return { partition, position, bound: until === 'end' ? end : Number.POSITIVE_INFINITY, begun: false }
    })
}

async function firstOffsets(
  cluster: Cluster,
  topic: string,
  numbers: readonly number[],
  from: ReadOptions['from'],
  bounds: Bounds,
): Promise<ReadonlyMap<number, number>> {
  if (from === 'beginning') return new Map()
  if (from === 'latest') return new Map([...bounds].map(([partition, { end }]) => [partition, end]))
  if ('offsets' in from) return from.offsets
  const partitions = numbers.map(partition => ({ partition }))
  const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, fromTimestamp: from.time }])
  // The broker answers -1 where nothing is that young: then reading begins at the end.
  return new Map(
    found?.partitions.map(({ partition, offset }) => [
      partition,
      Number(offset) >= 0 ? Number(offset) : (bounds.get(partition)?.end ?? 0),
    ]),
  )
}

/** Retention may pass a reader that has not read anything yet; one that has must not skip in silence. */
async function moveToStart(cluster: Cluster, topic: string, cursors: readonly Cursor[]): Promise<void> {
  const bounds = await boundsOf(cluster, topic).catch((): Bounds => new Map())
  for (const cursor of cursors) {
    const { partition, position } = cursor
    const { start, end } = bounds.get(partition) ?? { start: position, end: position }
    if (position >= start && position <= end) continue
    if (cursor.begun || position > end) throw outOfRange({ topic, partition, offset: position, start, end })
    cursor.position = start
  }
}

async function fetchAll(cluster: Cluster, topic: string, cursors: readonly Cursor[]): Promise<LogRecord[][]> {
  const numbers = cursors.map(({ partition }) => partition)
  const leaders = Object.entries(cluster.findLeaderForPartitions(topic, numbers))
  const fetched = await Promise.all(
    leaders.map(async ([nodeId, led]) => {
      const broker = (await cluster.findBroker({ nodeId })) as unknown as FetchingBroker
      const partitions = cursors
        .filter(({ partition }) => led.includes(partition))
        .map(({ partition, position }) => ({
          partition,
          fetchOffset: String(position),
          maxBytes: MAX_BYTES_PER_PARTITION,
        }))
      return broker.fetch({
        isolationLevel: READ_COMMITTED,
        maxWaitTime: MAX_WAIT_MS,
        minBytes: 1,
        maxBytes: MAX_BYTES,
        topics: [{ topic, partitions }],
      })
    }),
  )
  return fetched
    .flatMap(({ responses }) => responses.flatMap(({ partitions }) => partitions))
    .map(data => advance(topic, cursors, data))
    .filter(records => records.length > 0)
}

/** Moves a cursor behind what was fetched, markers and gaps included, and answers the records in front of its bound. */
function advance(topic: string, cursors: readonly Cursor[], data: FetchedPartition): LogRecord[] {
  const cursor = cursors.find(({ partition }) => partition === data.partition)
  if (!cursor) return []
  const fetchedOffset = String(cursor.position)
  const batch = new (upstream<BatchClass>('consumer/batch.js'))(topic, fetchedOffset, data)
  const next = data.messages.nextOffset
  if (next !== undefined && Number(next) > cursor.position) {
    cursor.position = Number(next)
    cursor.begun = true
  }
  return batch.messages
    .map(message => logRecord(topic, data.partition, message))
    .filter(({ offset }) => offset < cursor.bound)
    .map(copied)
}

/** The work goes on, its result is not wanted any more. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('aborted'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
