import type { Kafka, Producer } from 'kafkajs'
import type { CommittedOffset } from '../log.ts'
import { noPartitioner, retryOf } from './client.ts'
import { outOfRange } from './failure.ts'
import type { Topics } from './topics.ts'

/**
 * A producer with the transactional id of the task. Its first, empty transaction makes the broker finish what a predecessor
 * left open and refuse the predecessor from then on (KIP-98: InitProducerId raises the epoch).
 */
export async function fencePredecessor(
  kafka: Kafka,
  group: string,
  partition: number,
  transactionTimeout: number,
): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId: `${group}.${partition}`,
    transactionTimeout,
    createPartitioner: noPartitioner,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: retryOf('transactions'),
  })
  try {
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.abort()
    return producer
  } catch (error) {
    await producer.disconnect().catch(() => {})
    throw error
  }
}

export type Positions = {
  readonly committed: ReadonlyMap<string, CommittedOffset>
  /** Where reading begins, for every input. */
  readonly starts: ReadonlyMap<string, number>
}

/**
 * The committed offsets of a task, read after the fence, when no transaction can change them any more.
 * Throws `VIG_OFFSET_OUT_OF_RANGE` where one lies outside of its log: nothing is ever skipped.
 */
export async function readPositions(
  topics: Topics,
  group: string,
  inputs: readonly string[],
  partition: number,
): Promise<Positions> {
  const committed = new Map<string, CommittedOffset>()
  const starts = new Map<string, number>()
  await Promise.all(
    inputs.map(async topic => {
      const held = await topics.committedForGood(group, topic, partition)
      // The bounds come second: a log that grows meanwhile must not make a good offset look too high.
      const bounds = (await topics.bounds(topic)).find(bound => bound.partition === partition)
      const { start, end } = bounds ?? { start: 0, end: 0 }
      if (!held) {
        starts.set(topic, start)
        return
      }
      const { offset } = held
      if (offset < start || offset > end) throw outOfRange({ topic, partition, offset, start, end })
      committed.set(topic, held)
      starts.set(topic, offset)
    }),
  )
  return { committed, starts }
}
