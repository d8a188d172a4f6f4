import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka, KafkaMessage } from 'kafkajs'
import { messageOf } from '../../core/errors.ts'
import type { CloseReason, LogRecord, Task, TaskHandler } from '../log.ts'
import { isLoss, isRefused, unavailable } from './failure.ts'
import type { Heartbeats } from './heartbeat.ts'
import type { Settings } from './options.ts'
import { logRecord } from './record.ts'
import { arePositionsEqual, fencePredecessor, type Positions, readPositions } from './takeover.ts'
import { type RunningTask, runTask } from './task.ts'
import type { Topics } from './topics.ts'

export type MemberTasksParts = {
  readonly settings: Settings
  readonly topics: Topics
  readonly producers: Kafka
  readonly group: string
  readonly inputs: readonly string[]
  readonly state: string | undefined
  readonly handler: TaskHandler
  readonly heartbeats: Heartbeats
  readonly restore: (topic: string, partition: number, signal: AbortSignal) => AsyncIterable<readonly LogRecord[]>
  readonly seek: (topic: string, partition: number, offset: number) => void
  readonly setPaused: (partitions: readonly number[], paused: boolean) => void
  /** The member cannot go on. */
  readonly onFailure: (error: unknown) => void
}

export type MemberTasks = {
  /**
   * What is ours from now on. Synchronous up to the point where all inputs are paused; every task, also one that was ours
   * before, is closed and taken over anew.
   */
  assign(partitions: readonly number[]): void
  /** The group is out of reach: nothing is ours until it says so again. What was, is remembered until then. */
  suspend(): void
  /**
   * Answers false where the records were not handled: they come again. Never waits for a take-over. `behind`: where reading
   * goes on, past markers and gaps.
   */
  deliver(
    topic: string,
    partition: number,
    messages: readonly KafkaMessage[],
    isFresh: () => boolean,
    behind: number,
  ): Promise<boolean>
  /** Ends all tasks, after what they have in hand; nothing is taken over after this. */
  leave(reason: CloseReason): Promise<void>
  readonly assigned: () => readonly number[]
  readonly open: () => readonly number[]
}

type Running = {
  readonly run: RunningTask
  readonly release: () => Promise<void>
  opened: boolean
  /** Why nothing more is to be begun: what it is closed with. */
  ending: CloseReason | null
}

/** What there is of one partition number. Its work is done one after the other: a batch, a close, a take-over. */
type Slot = {
  readonly partition: number
  turn: Promise<void>
  running: Running | null
  /** Reigns in a row that ended without a commit. */
  failures: number
  /** The last reign, for as long as the partition stays with us: the next one may go on from what it left behind. */
  kept: { readonly task: Task; readonly reached: Positions } | null
}

const MAX_BACKOFF_MS = 5_000

export function memberTasks(parts: MemberTasksParts): MemberTasks {
  const { settings, topics, group, inputs, state, handler, setPaused } = parts
  const { log, onEvent } = settings
  const slots = new Map<number, Slot>()
  let assigned: readonly number[] = []
  /** Aborted when what is ours is decided anew: work that was begun before must stop. */
  let decision = new AbortController()

  function inTurn(slot: Slot, work: () => Promise<void>): Promise<void> {
    slot.turn = slot.turn.then(work).catch(error => {
      const { partition } = slot
      log('error', 'a task was left in an unexpected state', { group, partition, reason: messageOf(error) })
    })
    return slot.turn
  }

  function decide(partitions: readonly number[]): AbortSignal {
    decision.abort()
    decision = new AbortController()
    assigned = [...partitions]
    return decision.signal
  }

  async function close(slot: Slot, reason: CloseReason): Promise<void> {
    const { running, partition } = slot
    if (!running) return
    running.ending ??= reason
    await running.run.settled()
    if (running.opened) {
      await handler.close(running.run.task, reason).catch(error => {
        log('warn', 'a close failed', { group, partition, reason: messageOf(error) })
      })
    }
    slot.running = null
    running.run.end()
    slot.failures = running.run.achieved() ? 0 : slot.failures + 1
    await running.run.settled()
    slot.kept = running.opened ? { task: running.run.task, reached: running.run.reached() } : null
    await running.release()
  }

  /** Closes what is there, then takes over until it succeeds or is not ours any more. */
  function takeOver(slot: Slot, ours: AbortSignal, reason: CloseReason): void {
    const { partition } = slot
    void inTurn(slot, async () => {
      await close(slot, reason)
      if (reason === 'revoked') slot.failures = 0
      // Taking over at once would fence the rightful owner, if there is one: first the group must say that it is us.
      if (reason === 'fenced') await parts.heartbeats.next(ours)
      while (!ours.aborted) {
        if (slot.failures > 1) await backOff(slot.failures, ours)
        if (ours.aborted) return
        try {
          return await open(slot, ours)
        } catch (error) {
          if (isLoss(error)) return parts.onFailure(error)
          if (isRefused(error)) return parts.onFailure(unavailable(`taking over ${group}.${partition}`, error))
          slot.failures++
          if (!ours.aborted) log('warn', 'a take-over failed', { group, partition, reason: messageOf(error) })
        }
      }
    })
  }

  async function open(slot: Slot, ours: AbortSignal): Promise<void> {
    const { partition } = slot
    const started = Date.now()
    const producer = await fencePredecessor(parts.producers, group, partition, settings.transactionTimeoutMs)
    const release = () => producer.disconnect().catch(() => {})
    try {
      if (ours.aborted) return await release()
      const positions = await readPositions(topics, { group, inputs, state, partition })
      if (ours.aborted) return await release()
      for (const [topic, { offset }] of positions.committed) parts.seek(topic, partition, offset)
      const run: RunningTask = runTask({
        group,
        partition,
        positions,
        state,
        marksState: inputs.length === 0,
        producer,
        topics,
        restore: (topic, signal) => parts.restore(topic, partition, signal),
        setPaused: paused => {
          if (slot.running?.run === run && slot.running.opened && !ours.aborted) setPaused([partition], paused)
        },
        onFailure(reason, error) {
          // It would be refused again: a right is missing, which nobody gives while this runs on and on.
          if (isRefused(error)) parts.onFailure(unavailable(`a transaction of ${group}.${partition}`, error))
          if (isLoss(error)) parts.onFailure(error)
          giveUp(slot, run, ours, reason)
        },
        onEvent,
      })
      slot.running = { run, release, opened: false, ending: null }
      const { kept } = slot
      slot.kept = null
      await handler.open(run.task, kept && arePositionsEqual(kept.reached, positions) ? kept.task : null)
      slot.running.opened = true
      if (ours.aborted) return
      // A transaction made by `open` itself has failed.
      if (slot.running.ending) return takeOver(slot, ours, slot.running.ending)
      if (!run.paused()) setPaused([partition], false)
    } catch (error) {
      slot.running?.run.end()
      slot.running = null
      await release()
      throw error
    }
    onEvent({ type: 'takeover', group, partition, ms: Date.now() - started })
  }

  /** The reign is over; if the partition is still ours, a new one follows. */
  function giveUp(slot: Slot, run: RunningTask, ours: AbortSignal, reason: 'fenced' | 'failed'): void {
    if (slot.running?.run !== run || slot.running.ending) return
    slot.running.ending = reason
    run.interrupt()
    if (ours.aborted || !slot.running.opened) return
    setPaused([slot.partition], true)
    takeOver(slot, ours, reason)
  }

  function assign(partitions: readonly number[], isDecided: boolean): void {
    const ours = decide(partitions)
    const lost = [...slots.keys()].filter(partition => !partitions.includes(partition))
    setPaused(assigned, true)
    // A paused flag outlives its assignment: it would still be there when the partition comes back.
    setPaused(lost, false)
    for (const { running } of slots.values()) running?.run.interrupt()
    for (const slot of slots.values()) {
      if (partitions.includes(slot.partition)) continue
      void inTurn(slot, async () => {
        await close(slot, 'revoked')
        if (isDecided) slot.kept = null
      })
    }
    for (const partition of assigned) {
      const slot = slots.get(partition) ?? newSlot(partition)
      slots.set(partition, slot)
      takeOver(slot, ours, 'revoked')
    }
  }

  return {
    assign: partitions => assign(partitions, true),
    suspend: () => assign([], false),
    async deliver(topic, partition, messages, isFresh, behind) {
      const slot = slots.get(partition)
      const running = slot?.running
      const ours = decision.signal
      const isOpen = () => !ours.aborted && slot?.running === running && running?.ending === null && isFresh()
      const isWanted = () => isOpen() && running?.opened === true && !running.run.paused()
      if (!slot || !running || !isWanted()) return false
      let handled = false
      await inTurn(slot, async () => {
        if (!isWanted()) return
        const records = messages.map(message => logRecord(topic, partition, message))
        const last = records.at(-1)
        if (last) running.run.read(topic, last.offset, behind)
        try {
          await handler.batch(running.run.task, records)
          handled = isOpen()
        } catch (error) {
          log('warn', 'a batch failed', { group, partition, reason: messageOf(error) })
          giveUp(slot, running.run, ours, 'failed')
        }
      })
      return handled
    },

    async leave(reason) {
      setPaused(assigned, true)
      decide([])
      for (const { running } of slots.values()) if (!running?.opened) running?.run.interrupt()
      await Promise.all([...slots.values()].map(slot => inTurn(slot, () => close(slot, reason))))
    },

    assigned: () => assigned,
    open: () =>
      [...slots.values()]
        .filter(({ running }) => running?.opened === true && running.ending === null)
        .map(({ partition }) => partition)
        .sort((a, b) => a - b),
  }
}

const newSlot = (partition: number): Slot => ({
  partition,
  turn: Promise.resolve(),
  running: null,
  failures: 0,
  kept: null,
})

async function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(MAX_BACKOFF_MS, 50 * 2 ** Math.min(failures, 10))
  await sleep(ms, undefined, { signal }).catch(() => {})
}
