import type { Kafka, Producer } from 'kafkajs'
import type { CommittedOffset } from '../log.ts'
import { noPartitioner, retryOf } from './client.ts'
import { offsetsLost, outOfRange, stateLost, unavailable } from './failure.ts'
import { markedTopics, readMark } from './state-mark.ts'
import type { Topics } from './topics.ts'

/** The task's transactional id is `<group>.<partition>`. */
export function fencePredecessor(
  kafka: Kafka,
  group: string,
  partition: number,
  transactionTimeout: number,
): Promise<Producer> {
  return fencedProducer(kafka, `${group}.${partition}`, transactionTimeout)
}

/**
 * A producer with this transactional id. Its first, empty transaction makes the broker finish what a predecessor
 * left open and refuse the predecessor from then on (KIP-98: InitProducerId raises the epoch).
 */
export async function fencedProducer(
  kafka: Kafka,
  transactionalId: string,
  transactionTimeout: number,
): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId,
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
  /** For every input. */
  readonly committed: ReadonlyMap<string, CommittedOffset>
  /** Where the state topic ends; 0 without one. */
  readonly stateEnd: number
}

/** What positions are read of: the inputs and the state topic of a group, one partition number. */
export type Place = {
  readonly group: string
  readonly inputs: readonly string[]
  readonly state?: string | undefined
  readonly partition: number
}

/**
 * The committed offsets of a task and the end of its state, read after the fence, when no transaction can change them
 * any more. Nothing is ever skipped or begun anew: throws `VIG_OFFSET_OUT_OF_RANGE` where an offset lies outside of its
 * log, `VIG_OFFSETS_LOST` where one is missing, `VIG_STATE_LOST` where the state is not what the offsets were committed with.
 */
export async function readPositions(topics: Topics, place: Place): Promise<Positions> {
  const { group, inputs, state, partition } = place
  const committed = new Map<string, CommittedOffset>()
  let reached = 0
  await Promise.all(
    markedTopics(inputs, state).map(async topic => {
      const held = await topics.committedForGood(group, topic, partition)
      if (!held) {
        const message = `${group} has worked before, but has no committed offset of ${topic}/${partition}`
        throw offsetsLost(message, { group, topic, partition })
      }
      const mark = readMark(held.metadata)
      reached = Math.max(reached, mark.reached)
      // The offset of a state topic is there for its mark alone.
      if (!inputs.includes(topic)) return
      // The bounds come second: a log that grows meanwhile must not make a good offset look too high.
      const { start, end } = await boundsOf(topics, topic, partition)
      const { offset } = held
      if (offset < start || offset > end) throw outOfRange({ topic, partition, offset, start, end })
      committed.set(topic, { topic, offset, metadata: mark.metadata })
    }),
  )
  if (state === undefined) return { committed, stateEnd: 0 }
  const { start, end } = await boundsOf(topics, state, partition)
  if (end < reached || start > 0) throw stateLost({ topic: state, partition, start, end, reached })
  return { committed, stateEnd: end }
}

/** Whether a task would find everything as another left it. */
export function arePositionsEqual(a: Positions, b: Positions): boolean {
  if (a.stateEnd !== b.stateEnd || a.committed.size !== b.committed.size) return false
  return [...a.committed].every(([topic, { offset, metadata }]) => {
    const other = b.committed.get(topic)
    return other?.offset === offset && other.metadata === metadata
  })
}

async function boundsOf(topics: Topics, topic: string, partition: number): Promise<{ start: number; end: number }> {
  const bounds = (await topics.bounds(topic)).find(bound => bound.partition === partition)
  // Of a partition whose leader is moving nothing may be known: that is no empty log.
  if (!bounds) throw unavailable(`the bounds of ${topic}/${partition}`, new Error('no broker knows them now'))
  return bounds
}
