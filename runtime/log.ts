/**
 * The port to the log. Two implementations pass one contract suite (`test/contract/log.contract.ts`):
 * `runtime/kafka` (the real one, the only place that knows kafkajs) and `runtime/memory` (its twin).
 *
 * What every implementation promises:
 * - Readers are read_committed: they never see a record of an aborted transaction, and stop before an open one.
 * - One task = one partition number across all inputs of a group, with one transactional id (`<group>.<partition>`),
 *   at most one open transaction, and one owner: an earlier owner is fenced before the new one reads anything.
 * - The order of a take-over: pause all inputs of the task, fence the predecessor, read the committed offsets, seek,
 *   `open` (which restores the state), resume. An offset read before the fence may be stale.
 * - Nothing is skipped and nothing is begun anew in silence. The first member of a new group commits the log's start for
 *   all partitions of all inputs, in one transaction; from then on an offset that is missing has been lost. Where the log no
 *   longer holds what a task needs, the membership ends: `VIG_OFFSET_OUT_OF_RANGE`, `VIG_OFFSETS_LOST`, `VIG_STATE_LOST`.
 * - `batch` is never called twice at a time for one task, nor before its `open` has resolved, nor after its `close`.
 */

/** Offsets are JavaScript numbers: exact up to 2^53, which a partition does not reach. */
export type LogRecord = {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** LogAppendTime, epoch milliseconds. */
  readonly timestamp: number
  readonly key: Buffer | null
  /** `null` is a tombstone. */
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

export type OutRecord = {
  readonly topic: string
  /** Always explicit: the partition is decided by the catalogue, never by a client's partitioner. */
  readonly partition: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, Buffer>>
}

/**
 * `offset` is the next one to read; where nothing but markers and gaps lies between it and a later one, that one may be kept.
 *  `metadata` is at most 4,000 bytes of text.
 */
export type CommittedOffset = { readonly topic: string; readonly offset: number; readonly metadata: string }

export type Transaction = { readonly records: readonly OutRecord[]; readonly offsets: readonly CommittedOffset[] }

export type Task = {
  readonly group: string
  readonly partition: number
  /** For every input topic, as read after the fence. */
  readonly committed: ReadonlyMap<string, CommittedOffset>
  /**
   * Writes all records and offsets, or none. Rejects with `VIG_FENCED`, `VIG_TRANSACTION_FAILED` or
   * `VIG_VALUE_TOO_LARGE` (nothing was written; the task goes on). After the first two the task is over: the handler
   * returns, and the log calls `close` and, if this instance still owns the partition, `open` with a new task.
   */
  transact(transaction: Transaction): Promise<void>
  /** All records of this partition number of `topic`, from the log's start to its end as read after the fence. */
  restore(topic: string): AsyncIterable<readonly LogRecord[]>
  /** Stop and go on with `batch` calls (a batch that is already being handled is not touched). */
  pause(): void
  resume(): void
}

export type CloseReason = 'revoked' | 'fenced' | 'failed' | 'drained'

export type TaskHandler = {
  /**
   * Restores the state. Until it resolves, no batch comes. A rejection counts as a failed take-over and is tried again.
   *
   * `continues` is this member's task before this one where nothing was committed in between: the committed offsets and the
   * end of the state topic, both read after the fence, are what that task itself left. Then the state that it had last
   * committed is the state, and needs no restore. `null` where there is any doubt.
   */
  open(task: Task, continues: Task | null): Promise<void>
  /**
   * Records of one input topic, in order of offset. May return before the records are committed (long work); the
   * position moves on all the same, and only `transact` moves the committed offset.
   * A rejection is a failure of the task: it is closed and taken over again.
   */
  batch(task: Task, records: readonly LogRecord[]): Promise<void>
  /** The task is no longer ours. What is not committed is forgotten. */
  close(task: Task, reason: CloseReason): Promise<void>
}

export type GroupSpec = {
  readonly group: string
  /** Co-partitioned: all have the same number of partitions, else `join` rejects with `VIG_TOPIC_MISFIT`. */
  readonly inputs: readonly string[]
  /** A stage without inputs is given its partitions by this topic, whose records are not delivered. */
  readonly elect?: string
  /**
   * Where the tasks keep their state: compacted, with as many partitions, each written by its task alone. How far it reached is
   * kept with the committed offsets: a shorter one, or one without its beginning, is `VIG_STATE_LOST`.
   */
  readonly state?: string
  /**
   * Topics that this group alone writes. A group without a single offset while one of them, or the state, was ever written to
   * is not new, it has lost its offsets: `VIG_OFFSETS_LOST`.
   */
  readonly outputs?: readonly string[]
}

export type Membership = {
  /** Partition numbers whose task is open now. */
  readonly owned: () => readonly number[]
  /** Partition numbers that the group has given us, open already or still being taken over. None: a standby. */
  readonly assigned: () => readonly number[]
  /** Epoch ms of the last sign of life from the log (a fetch, a heartbeat, a batch): readiness is tied to it. */
  readonly lastProgress: () => number
  /** Graceful: no new batch, waits for the one in hand, closes the tasks as `drained`, leaves the group. */
  drain(): Promise<void>
  /**
   * Rejects when the membership cannot go on (`VIG_OFFSET_OUT_OF_RANGE`, `VIG_OFFSETS_LOST`, `VIG_STATE_LOST`, …); never
   * resolves before `drain`.
   */
  readonly done: Promise<void>
}

export type PartitionBounds = {
  readonly partition: number
  /** First offset that is still there. */
  readonly start: number
  /** Next offset to be written. */
  readonly end: number
}

export type ReadFrom =
  | 'beginning'
  | 'latest'
  | { readonly time: number }
  | { readonly offsets: ReadonlyMap<number, number> }

export type ReadOptions = {
  readonly from: ReadFrom
  /** `end`: stops at each partition's end as read at the start of the call. Otherwise reads until `signal` aborts. */
  readonly until?: 'end'
  readonly partitions?: readonly number[]
  readonly signal?: AbortSignal
}

export type TopicSpec = {
  readonly name: string
  readonly partitions: number
  readonly replicas?: number
  /** Broker settings such as `cleanup.policy`, as text. */
  readonly config: Readonly<Record<string, string>>
}

export type Log = {
  /** Rejects with `VIG_TOPIC_MISFIT`, or with `VIG_OFFSETS_LOST` where the whole group has lost its offsets. */
  join(spec: GroupSpec, handler: TaskHandler): Promise<Membership>
  /**
   * Writes outside of any task, acknowledged by all in-sync replicas; answers where each record lies, in order.
   * Rejects with `VIG_LOG_UNAVAILABLE` or `VIG_VALUE_TOO_LARGE`; then none, some or all of them may have been written.
   */
  append(records: readonly OutRecord[]): Promise<readonly { readonly partition: number; readonly offset: number }[]>
  /** read_committed batches, per partition in order of offset; a lagging reader never blocks a writer. */
  read(topic: string, options: ReadOptions): AsyncIterable<readonly LogRecord[]>
  bounds(topic: string): Promise<readonly PartitionBounds[]>
  /** What a group has committed for a topic, by partition. Partitions without a commit are absent. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, CommittedOffset>>
  /** Creates what is missing; answers the names created. Never changes or deletes a topic. */
  createTopics(topics: readonly TopicSpec[]): Promise<readonly string[]>
  /** Partitions and settings of the topics that exist, by name. */
  describeTopics(
    names: readonly string[],
  ): Promise<ReadonlyMap<string, { partitions: number; config: Record<string, string> }>>
  close(): Promise<void>
}
