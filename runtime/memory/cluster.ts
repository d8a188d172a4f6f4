import { Broker, type ClusterOptions } from './broker.ts'

/** A log in this process: what `memoryLog` clients connect to, and what tests do to it. */
export type MemoryCluster = {
  readonly broker: Broker
  /**
   * Resolves once no member has an undelivered record below the last stable offset (of a paused task neither), and no
   * batch, take-over, transaction or close is in hand. Waits for events, never for the clock.
   */
  settled(): Promise<void>
  /** One pass of the cleaner over all partitions: gaps; tombstones go on the second pass. */
  compact(topic: string): void
  /** Moves the log's start, as retention does. */
  trim(topic: string, partition: number, offset: number): void
  /** Deletes a topic and creates it again; the brokers forget the offsets that groups had committed for it. */
  recreate(topic: string): void
  /** The group's offsets are gone, as when they expire. */
  forgetGroup(group: string): void
  /** Makes a hole: removes one record, which no real tool can. Answers whether it was there. */
  erase(topic: string, partition: number, offset: number): boolean
  /**
   * The client's process is gone: nothing of it is called any more, what it still does is fenced, its partitions move.
   * A transaction it had open stays open until the next owner fences it (there is no transaction timeout here).
   */
  kill(clientId: string): void
  /** The next commit of this task aborts and rejects with `VIG_TRANSACTION_FAILED`. */
  failNextCommit(group: string, partition: number): void
  /** The next commit of this task waits with its transaction open, until `release` or until it is fenced. */
  holdNextCommit(group: string, partition: number): { readonly reached: Promise<void>; release(): void }
}

export function memoryCluster(options: ClusterOptions): MemoryCluster {
  const broker = new Broker(options)
  return {
    broker,
    settled: () => broker.scheduler.settled(),
    compact: topic => {
      for (const partition of broker.topics.partitions(topic)) partition.compact()
    },
    trim: (topic, partition, offset) => broker.topics.partition(topic, partition).trim(offset),
    recreate(topic) {
      broker.topics.recreate(topic)
      broker.transactions.forgetTopic(topic)
    },
    forgetGroup: group => broker.transactions.forgetGroup(group),
    erase: (topic, partition, offset) => broker.topics.partition(topic, partition).erase(offset),
    kill: clientId => broker.kill(clientId),
    failNextCommit: (group, partition) => broker.transactions.failNext(group, partition),
    holdNextCommit: (group, partition) => broker.transactions.holdNext(group, partition),
  }
}
