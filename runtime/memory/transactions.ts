import { VigiaError } from '../../core/errors.ts'
import type { CommittedOffset, OutRecord, Transaction } from '../log.ts'
import type { PartitionLog, TransactionState } from './partition-log.ts'
import type { Scheduler } from './scheduler.ts'
import type { Topics } from './topics.ts'

/** Bytes of metadata that a broker keeps with an offset (`offset.metadata.max.bytes`). */
const metadataLimit = 4_096

type OpenTransaction = TransactionState & { readonly touched: Set<PartitionLog>; interrupt: () => void }
type ProducerState = { epoch: number; open: OpenTransaction | null; failures: number; holds: Hold[] }
type Hold = { readonly reached: () => void; readonly released: Promise<void> }

/** Who writes: the task's partition in its group, the epoch it was given, and whether its process still lives. */
export type Writer = {
  readonly group: string
  readonly partition: number
  readonly epoch: number
  readonly state: PartitionLog | null
  readonly alive: () => boolean
}

/** The transaction coordinator and the committed offsets. A transactional id is `<group>.<partition>`. */
export class Transactions {
  readonly #topics: Topics
  readonly #scheduler: Scheduler
  readonly #producers = new Map<string, ProducerState>()
  readonly #offsets = new Map<string, Map<number, CommittedOffset>>()
  /** How far the state of a task reached, as kept with its offsets. */
  readonly #reached = new Map<string, number>()

  constructor(topics: Topics, scheduler: Scheduler) {
    this.#topics = topics
    this.#scheduler = scheduler
  }

  /** Ends the reign of every earlier epoch: what its transaction left open is aborted, what it decided is finished. */
  fence(group: string, partition: number): number {
    const producer = this.#producer(group, partition)
    producer.epoch += 1
    if (producer.open) {
      if (producer.open.outcome === 'open') producer.open.outcome = 'aborted'
      this.#finish(producer, producer.open)
    }
    return producer.epoch
  }

  committed(group: string, topic: string): ReadonlyMap<number, CommittedOffset> {
    return new Map(this.#offsets.get(offsetsKey(group, topic)))
  }

  /** What the offsets of a task were last committed with: the end of its state topic. */
  reached(group: string, partition: number): number {
    return this.#reached.get(`${group}.${partition}`) ?? 0
  }

  /** A new group: the start of the log is its first offset. */
  begin(group: string, topic: string, starts: readonly { readonly partition: number; readonly start: number }[]): void {
    const offsets = starts.map(({ partition, start }) => [partition, { topic, offset: start, metadata: '' }] as const)
    this.#offsets.set(offsetsKey(group, topic), new Map(offsets))
  }

  /** As when a topic is deleted: no group has an offset of it any more. */
  forgetTopic(topic: string): void {
    for (const key of this.#offsets.keys()) if (JSON.parse(key)[1] === topic) this.#offsets.delete(key)
  }

  /** As when the offsets of a group expire, or it is deleted. */
  forgetGroup(group: string): void {
    for (const key of this.#offsets.keys()) if (JSON.parse(key)[0] === group) this.#offsets.delete(key)
  }

  /** The next commit of this task aborts and rejects with `VIG_TRANSACTION_FAILED`. */
  failNext(group: string, partition: number): void {
    this.#producer(group, partition).failures += 1
  }

  /** The next commit of this task waits, with all its records written, until it is released or fenced. */
  holdNext(group: string, partition: number): { readonly reached: Promise<void>; release(): void } {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    this.#producer(group, partition).holds.push({ reached: reach, released })
    return { reached, release: () => release() }
  }

  /** One step per output partition, then the decision, then one step per marker; others' steps fall in between. */
  async transact(writer: Writer, { records, offsets }: Transaction): Promise<void> {
    const producer = this.#producer(writer.group, writer.partition)
    this.#check(writer, producer)
    this.#topics.check(records)
    const transaction: OpenTransaction = { outcome: 'open', touched: new Set(), interrupt: () => {} }
    producer.open = transaction
    for (const part of byPartition(records)) {
      await this.#step(writer, producer)
      for (const record of part) {
        transaction.touched.add(this.#topics.partition(record.topic, record.partition))
        this.#topics.append(record, transaction)
      }
    }
    await this.#step(writer, producer)
    const hold = producer.holds.shift()
    if (hold) {
      hold.reached()
      const interrupted = new Promise<void>(resolve => {
        transaction.interrupt = resolve
      })
      await Promise.race([hold.released, interrupted])
      this.#check(writer, producer)
    }
    const oversized = offsets.find(({ metadata }) => Buffer.byteLength(metadata) > metadataLimit)
    if (producer.failures > 0 || oversized) {
      if (!oversized) producer.failures -= 1
      transaction.outcome = 'aborted'
      this.#finish(producer, transaction)
      const why = oversized ? `the metadata of topic ${oversized.topic} is too long` : 'the coordinator refused'
      throw new VigiaError(
        'VIG_TRANSACTION_FAILED',
        `the transaction of ${writer.group}.${writer.partition} failed: ${why}`,
      )
    }
    transaction.outcome = 'committed'
    for (const offset of offsets) this.#commit(writer, offset)
    if (offsets.length > 0 && writer.state) {
      this.#reached.set(`${writer.group}.${writer.partition}`, writer.state.end)
    }
    for (const log of transaction.touched) {
      // The decision stands: the markers are the broker's work, and go on even if the writer dies here.
      await this.#scheduler.turn()
      log.mark(transaction)
    }
    if (producer.open === transaction) this.#finish(producer, transaction)
    if (!writer.alive()) throw fenced(writer)
  }

  async #step(writer: Writer, producer: ProducerState): Promise<void> {
    await this.#scheduler.turn()
    this.#check(writer, producer)
  }

  #check(writer: Writer, producer: ProducerState): void {
    if (!writer.alive() || producer.epoch !== writer.epoch) throw fenced(writer)
  }

  #finish(producer: ProducerState, transaction: OpenTransaction): void {
    for (const log of transaction.touched) log.mark(transaction)
    producer.open = null
    transaction.interrupt()
  }

  #commit({ group, partition }: Writer, offset: CommittedOffset): void {
    const key = offsetsKey(group, offset.topic)
    const stored = this.#offsets.get(key) ?? new Map<number, CommittedOffset>()
    stored.set(partition, { ...offset })
    this.#offsets.set(key, stored)
  }

  #producer(group: string, partition: number): ProducerState {
    const id = `${group}.${partition}`
    let producer = this.#producers.get(id)
    if (!producer) {
      producer = { epoch: 0, open: null, failures: 0, holds: [] }
      this.#producers.set(id, producer)
    }
    return producer
  }
}

export function fenced({ group, partition }: { readonly group: string; readonly partition: number }): VigiaError {
  return new VigiaError('VIG_FENCED', `the task ${group}.${partition} has another owner`, { group, partition })
}

function offsetsKey(group: string, topic: string): string {
  return JSON.stringify([group, topic])
}

function byPartition(records: readonly OutRecord[]): Iterable<OutRecord[]> {
  return Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`).values()
}
