import { isVigiaError, VigiaError } from '../../core/errors.ts'
import type { CloseReason, CommittedOffset, LogRecord, Task, Transaction } from '../log.ts'
import type { PartitionLog } from './partition-log.ts'
import type { BrokerParts, TaskOwner } from './parts.ts'
import { outOfRange, readPartitions } from './reader.ts'
import { fenced, type Writer } from './transactions.ts'

/** What a reign finds behind its fence, and what it leaves behind. */
export type Positions = { readonly committed: ReadonlyMap<string, CommittedOffset>; readonly stateEnd: number }

export function arePositionsEqual(a: Positions, b: Positions): boolean {
  const same = ([topic, { offset, metadata }]: readonly [string, CommittedOffset]) => {
    const other = b.committed.get(topic)
    return other?.offset === offset && other.metadata === metadata
  }
  return a.stateEnd === b.stateEnd && a.committed.size === b.committed.size && [...a.committed].every(same)
}

/** One reign over one task: from the fence to the close. Taking over again makes a new one. */
export class TaskRun {
  readonly task: Task
  readonly #broker: BrokerParts
  readonly #member: TaskOwner
  readonly #writer: Writer
  /** As it was behind the fence. */
  readonly found: Positions
  #reached: Positions
  readonly #inputs: { readonly log: PartitionLog; position: number }[]
  /** Behind the last record that was delivered of a topic: where reading goes on, past markers and gaps. */
  readonly #ends = new Map<string, { readonly next: number; readonly behind: number }>()
  /** Resolves with the reason when the reign has ended and nothing of it is in hand any more. */
  readonly ended: Promise<CloseReason>
  readonly #resolveEnded: (reason: CloseReason) => void
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #ending: CloseReason | null = null
  #failed = false
  #paused = false
  #inBatch = false
  #queued = false
  #inHand = 0
  #achieved = false
  #last: Promise<unknown> = Promise.resolve()

  /** Fences the predecessor, then reads the offsets. Throws where the log does not hold what is needed. */
  constructor(broker: BrokerParts, member: TaskOwner, partition: number) {
    const { group, inputs } = member.spec
    const state = member.spec.state === undefined ? null : broker.topics.partition(member.spec.state, partition)
    this.#broker = broker
    this.#member = member
    this.#writer = {
      group,
      partition,
      epoch: broker.transactions.fence(group, partition),
      state,
      alive: () => member.isAlive && this.#state !== 'closed',
    }
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.ended = promise
    this.#resolveEnded = resolve
    const committed = new Map<string, CommittedOffset>()
    this.#inputs = inputs.map(topic => {
      const log = broker.topics.partition(topic, partition)
      const offset = broker.transactions.committed(group, topic).get(partition)
      if (!offset) throw offsetsLost(group, topic, partition)
      if (offset.offset < log.start || offset.offset > log.end) throw outOfRange(log, offset.offset)
      committed.set(topic, offset)
      return { log, position: offset.offset }
    })
    if (state) mustHold(state, broker.transactions.reached(group, partition))
    this.found = { committed, stateEnd: state?.end ?? 0 }
    this.#reached = this.found
    this.task = {
      group,
      partition,
      committed,
      transact: transaction => this.#transact(transaction),
      restore: topic =>
        readPartitions(
          [broker.topics.partition(topic, partition)],
          { from: 'beginning', until: 'end' },
          member.lifetime,
        ),
      pause: () => {
        this.#paused = true
      },
      resume: () => {
        this.#paused = false
        this.#wake()
      },
    }
  }

  /** What it leaves behind; null before it was opened. */
  get reached(): Positions | null {
    return this.#state === 'opening' ? null : this.#reached
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Whether a batch or a transaction of this reign went well: then the next take-over is no repeat. */
  get hasAchieved(): boolean {
    return this.#achieved
  }

  /** `open` has resolved: batches may come. */
  opened(): void {
    this.#state = 'open'
    for (const { log } of this.#inputs) log.watchers.add(this.#wake)
    this.#wake()
    this.#settle()
  }

  /** No batch after this; `ended` resolves when what is in hand has come to its end. */
  end(reason: CloseReason): void {
    this.#ending ??= reason
    this.#settle()
  }

  closed(): void {
    this.#state = 'closed'
    for (const { log } of this.#inputs) log.watchers.delete(this.#wake)
  }

  /** Whether something is in hand, or lies there to be delivered. */
  isBusy(): boolean {
    if (this.#inHand > 0) return true
    if (this.#state !== 'open') return false
    return this.#inputs.some(({ log, position }) => log.fetch(position, 1).records.length > 0)
  }

  /** One delivery at a time waits in the schedule. */
  readonly #wake = (): void => {
    if (this.#queued || this.#inBatch || !this.#mayDeliver()) return
    this.#queued = true
    this.#broker.scheduler.add(() => {
      this.#queued = false
      if (!this.#inBatch && this.#mayDeliver()) this.#deliver()
    })
  }

  #mayDeliver(): boolean {
    return this.#state === 'open' && this.#ending === null && !this.#paused && this.#member.isAlive
  }

  /** The seed decides which input comes first and where its batch is cut. */
  #deliver(): void {
    const { random, maxBatchRecords } = this.#broker
    const lost = this.#inputs.find(({ log, position }) => position < log.start)
    if (lost) {
      this.#member.fail(outOfRange(lost.log, lost.position))
      return
    }
    const ready = this.#inputs.filter(input => {
      const { records, next } = input.log.fetch(input.position, 1)
      if (records.length === 0) input.position = next
      return records.length > 0
    })
    const input = ready[ready.length > 1 ? random.below(ready.length) : 0]
    if (!input) return
    const limit = random.below(4) === 0 ? 1 : 1 + random.below(maxBatchRecords)
    const { records, next } = input.log.fetch(input.position, limit)
    input.position = next
    const last = records.at(-1)
    if (last) this.#ends.set(last.topic, { next: last.offset + 1, behind: next })
    this.#inBatch = true
    void this.#hold(() => this.#batch(records))
  }

  async #batch(records: readonly LogRecord[]): Promise<void> {
    try {
      await this.#member.handler.batch(this.task, records)
      this.#achieved = true
    } catch {
      this.end('failed')
    }
    this.#inBatch = false
    this.#wake()
  }

  /** One at a time: a task has at most one open transaction. */
  #transact(transaction: Transaction): Promise<void> {
    const previous = this.#last
    const result = this.#hold(async () => {
      await previous
      if (this.#failed) throw fenced(this.task)
      try {
        const offsets = transaction.offsets.map(held => this.#pastMarkers(held))
        await this.#broker.transactions.transact(this.#writer, { ...transaction, offsets })
        this.#achieved = true
        const committed = new Map(this.#reached.committed)
        for (const offset of offsets) committed.set(offset.topic, { ...offset })
        this.#reached = { committed, stateEnd: this.#writer.state?.end ?? 0 }
      } catch (error) {
        if (isVigiaError(error, 'VIG_VALUE_TOO_LARGE')) throw error
        this.#failed = true
        this.end(isVigiaError(error, 'VIG_FENCED') ? 'fenced' : 'failed')
        throw error
      }
    })
    this.#last = result.catch(() => {})
    return result
  }

  #pastMarkers(held: CommittedOffset): CommittedOffset {
    const end = this.#ends.get(held.topic)
    return end?.next === held.offset ? { ...held, offset: end.behind } : held
  }

  async #hold<T>(work: () => Promise<T>): Promise<T> {
    this.#inHand += 1
    try {
      return await work()
    } finally {
      this.#inHand -= 1
      this.#settle()
      this.#broker.scheduler.touch()
    }
  }

  #settle(): void {
    if (this.#ending && this.#inHand === 0 && this.#state === 'open') this.#resolveEnded(this.#ending)
  }
}

function offsetsLost(group: string, topic: string, partition: number): VigiaError {
  const message = `${group} has worked before, but has no committed offset of ${topic}/${partition}`
  return new VigiaError('VIG_OFFSETS_LOST', message, { group, topic, partition })
}

/** The state must be what the offsets were committed with. */
function mustHold({ topic, partition, start, end }: PartitionLog, reached: number): void {
  if (end >= reached && start === 0) return
  const message = `the state ${topic}/${partition} reached ${reached} and must begin at 0, but holds ${start}..${end}`
  throw new VigiaError('VIG_STATE_LOST', message, { topic, partition, start, end, reached })
}
