import type { Producer, RecordMetadata } from 'kafkajs'
import { isVigiaError, messageOf, VigiaError } from '../../core/errors.ts'
import type { CommittedOffset, LogRecord, OutRecord, Task, Transaction } from '../log.ts'
import type { KafkaEvent } from './events.ts'
import { isFence, isTooLarge, stateLost } from './failure.ts'
import { topicMessages } from './record.ts'
import { splitByPartition } from './size.ts'
import { withMark } from './state-mark.ts'
import type { Positions } from './takeover.ts'
import type { Topics } from './topics.ts'

export type TaskParts = {
  readonly group: string
  readonly partition: number
  /** As read after the fence. */
  readonly positions: Positions
  readonly state: string | undefined
  /** Whether an offset of the state topic itself bears the mark, since there is no input: see `markedTopics`. */
  readonly marksState?: boolean
  readonly producer: Producer
  readonly topics: Topics
  readonly restore: (topic: string, signal: AbortSignal) => AsyncIterable<readonly LogRecord[]>
  readonly setPaused: (paused: boolean) => void
  /** The task cannot go on: called once, before the transaction that failed rejects. */
  readonly onFailure: (reason: 'fenced' | 'failed', error: unknown) => void
  readonly onEvent: (event: KafkaEvent) => void
}

/** One reign over one partition number, from the fence to the close. */
export type RunningTask = {
  readonly task: Task
  readonly paused: () => boolean
  /** Whether a transaction of this reign has been committed. */
  readonly achieved: () => boolean
  /**
   * What this reign has left behind, as far as it knows: a task that finds the same goes on from it. A transaction that failed here
   * and was committed all the same shows in what is found.
   */
  readonly reached: () => Positions
  /**
   * Between the last record that was delivered and `behind` there is nothing but markers and gaps. Who has done that record
   * has done all up to `behind`, and commits that: else retention could pass an offset behind which nothing was ever left to read.
   */
  read(topic: string, last: number, behind: number): void
  /** A restore that still runs breaks off; what is in hand may still commit. */
  interrupt(): void
  /** No transaction can be begun after this. */
  end(): void
  /** Resolves when the transactions in hand are over. */
  settled(): Promise<void>
}

export function runTask(parts: TaskParts): RunningTask {
  const { group, partition, producer, state, topics, onEvent } = parts
  const interrupted = new AbortController()
  let over = false
  let paused = false
  let achieved = false
  let reached = parts.positions
  const ends = new Map<string, { readonly next: number; readonly behind: number }>()
  let last: Promise<unknown> = Promise.resolve()

  const fenced = (cause?: unknown) =>
    new VigiaError('VIG_FENCED', `task ${group}.${partition} has another owner`, { group, partition }, { cause })

  async function transact(transaction: Transaction): Promise<void> {
    if (over) throw fenced()
    const started = Date.now()
    const tell = (outcome: 'committed' | 'failed' | 'fenced') =>
      onEvent({
        type: 'transaction',
        outcome,
        group,
        partition,
        records: transaction.records.length,
        ms: Date.now() - started,
      })
    try {
      const limitOf = await topics.checkSizes(transaction.records)
      await commit(splitByPartition(transaction.records, limitOf), transaction.offsets.map(pastMarkers))
    } catch (error) {
      // Refused before anything was sent: the producer and the task are as they were.
      if (isVigiaError(error, 'VIG_VALUE_TOO_LARGE')) throw error
      if (isTooLarge(error)) topics.forgetSizes()
      const reason = isFence(error) || over ? 'fenced' : 'failed'
      over = true
      tell(reason)
      parts.onFailure(reason, error)
      if (reason === 'fenced') throw fenced(error)
      const message = `a transaction of ${group}.${partition} did not commit: ${messageOf(error)}`
      throw new VigiaError('VIG_TRANSACTION_FAILED', message, { group, partition }, { cause: error })
    }
    achieved = true
    tell('committed')
  }

  const pastMarkers = (held: CommittedOffset): CommittedOffset => {
    const end = ends.get(held.topic)
    return end?.next === held.offset ? { ...held, offset: end.behind } : held
  }

  async function commit(sends: readonly OutRecord[][], offsets: readonly CommittedOffset[]): Promise<void> {
    const open = await producer.transaction()
    const before = reached.stateEnd
    let written = before
    try {
      for (const records of sends) {
        const answers = await open.sendBatch({ topicMessages: topicMessages(records) })
        written = stateEndOf(answers, records, written) ?? written
      }
      const held = [...offsets, ...ownOffset(before, written)]
      if (held.length > 0) {
        const committing = held.map(({ topic, offset, metadata }) => ({
          topic,
          partitions: [
            {
              partition,
              offset: String(offset),
              metadata: state === undefined ? metadata : withMark(metadata, written),
            },
          ],
        }))
        await open.sendOffsets({ consumerGroupId: group, topics: committing })
      }
      await open.commit()
    } catch (error) {
      // Readers wait for an open transaction until its timeout. Once a commit was begun its outcome is the broker's.
      if (open.isActive() && !isFence(error)) await open.abort().catch(() => {})
      throw error
    }
    // The marker that ends the transaction takes an offset too.
    const stateEnd = written === before ? before : written + 1
    const committed = new Map(reached.committed)
    for (const offset of offsets) committed.set(offset.topic, { ...offset })
    reached = { committed, stateEnd }
  }

  function ownOffset(before: number, written: number): CommittedOffset[] {
    return parts.marksState && state !== undefined && written > before
      ? [{ topic: state, offset: written, metadata: '' }]
      : []
  }

  /**
   * Behind the last of these records in the state topic, which nobody else writes; undefined where none is there. A record that lies
   * before `end`, where the task has left it, was written to a topic that was made anew: `VIG_STATE_LOST`.
   */
  function stateEndOf(
    answers: readonly RecordMetadata[],
    records: readonly OutRecord[],
    end: number,
  ): number | undefined {
    const answer = answers.find(one => one.topicName === state && one.partition === partition)
    if (!answer) return undefined
    const count = records.filter(record => record.topic === state && record.partition === partition).length
    const base = Number(answer.baseOffset ?? answer.offset)
    if (base < end) throw stateLost({ topic: answer.topicName, partition, start: 0, end: base, reached: end })
    return base + count
  }

  const task: Task = {
    group,
    partition,
    committed: parts.positions.committed,
    transact(transaction) {
      const turn = last.then(() => transact(transaction))
      last = turn.catch(() => {})
      return turn
    },
    restore: topic => parts.restore(topic, interrupted.signal),
    pause() {
      paused = true
      if (!over) parts.setPaused(true)
    },
    resume() {
      paused = false
      if (!over) parts.setPaused(false)
    },
  }

  return {
    task,
    paused: () => paused,
    achieved: () => achieved,
    reached: () => reached,
    read: (topic, lastOffset, behind) => void ends.set(topic, { next: lastOffset + 1, behind }),
    interrupt: () => interrupted.abort(),
    end() {
      over = true
      interrupted.abort()
    },
    settled: async () => {
      await last
    },
  }
}
