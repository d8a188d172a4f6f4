import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, EachBatchPayload } from 'kafkajs'
import { isVigiaError, messageOf } from '../../core/errors.ts'
import type { CloseReason, GroupSpec, LogRecord, Membership, TaskHandler } from '../log.ts'
import { coPartitionAssigner } from './assigner.ts'
import { chunks } from './batch.ts'
import { kafkaClient, retryOf } from './client.ts'
import { unavailable } from './failure.ts'
import { heartbeats } from './heartbeat.ts'
import type { Settings } from './options.ts'
import { logRecord } from './record.ts'
import { fencePredecessor, readPositions } from './takeover.ts'
import { type RunningTask, runTask } from './task.ts'
import type { Topics } from './topics.ts'

type MembershipParts = {
  readonly settings: Settings
  readonly topics: Topics
  readonly spec: GroupSpec
  readonly handler: TaskHandler
  /** Partition numbers of the group. */
  readonly count: number
  readonly restore: (topic: string, partition: number, signal: AbortSignal) => AsyncIterable<readonly LogRecord[]>
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
}

const MAX_WAIT_MS = 200
const MAX_BACKOFF_MS = 5_000

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(MAX_BACKOFF_MS, 50 * 2 ** Math.min(failures, 10))
  await sleep(ms, undefined, { signal }).catch(() => {})
}

export async function joinGroup(parts: MembershipParts): Promise<Membership> {
  const { settings, topics, spec, handler } = parts
  const { log, onEvent } = settings
  const { group, inputs } = spec
  const subscribed = [...new Set([...inputs, ...(spec.elect === undefined ? [] : [spec.elect])])]
  // Of its own: offsets that one consumer of a group holds are seen, and cleared, by others from the same object.
  const producers = kafkaClient(settings, 'transactions')
  const slots = new Map<number, Slot>()
  const beats = heartbeats()
  const done = Promise.withResolvers<void>()
  done.promise.catch(() => {})
  let owned: number[] = []
  /** Aborted when what was assigned is assigned anew, or is given up: work begun under it must stop. */
  let reign = new AbortController()
  let stopping = false
  let lastProgress = Date.now()

  const consumer: Consumer = kafkaClient(settings, 'group').consumer({
    groupId: group,
    partitionAssigners: [coPartitionAssigner(() => owned)],
    sessionTimeout: settings.sessionTimeoutMs,
    heartbeatInterval: settings.heartbeatIntervalMs,
    maxWaitTimeInMs: MAX_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { ...retryOf('group'), restartOnFailure: async () => !stopping },
  })

  /** kafkajs throws where the consumer is not running; then there is nothing to pause or to resume. */
  const setPaused = (names: readonly string[], partitions: number[], paused: boolean): void => {
    const both = names.map(topic => ({ topic, partitions }))
    try {
      if (paused) consumer.pause(both)
      else consumer.resume(both)
    } catch (error) {
      log('debug', 'not running', { group, reason: messageOf(error) })
    }
  }

  const inTurn = (slot: Slot, work: () => Promise<void>): Promise<void> => {
    slot.turn = slot.turn.then(work).catch(error => {
      log('error', 'a task was left in an unexpected state', {
        group,
        partition: slot.partition,
        reason: messageOf(error),
      })
    })
    return slot.turn
  }

  /** Synchronous: it runs before kafkajs fetches again, so nothing is fetched for a task that is not open. */
  function assign(partitions: readonly number[]): void {
    reign.abort()
    reign = new AbortController()
    const lost = [...slots.keys()].filter(partition => !partitions.includes(partition))
    owned = [...partitions]
    setPaused(subscribed, owned, true)
    // A paused flag outlives its assignment: it would still be there when the partition comes back.
    setPaused(inputs, lost, false)
    for (const slot of slots.values()) slot.running?.run.interrupt()
    for (const partition of lost) leave(partition, 'revoked')
    for (const partition of owned) {
      const slot = slots.get(partition) ?? { partition, turn: Promise.resolve(), running: null, failures: 0 }
      slots.set(partition, slot)
      takeOver(slot, reign.signal, 'revoked')
    }
    onEvent({ type: 'rebalance', group, partitions: owned })
  }

  function leave(partition: number, reason: CloseReason): Promise<void> {
    const slot = slots.get(partition)
    if (!slot) return Promise.resolve()
    return inTurn(slot, () => close(slot, reason))
  }

  async function close(slot: Slot, reason: CloseReason): Promise<void> {
    const { running } = slot
    if (!running) return
    running.ending ??= reason
    await running.run.settled()
    if (running.opened) {
      await handler.close(running.run.task, reason).catch(error => {
        log('warn', 'a close failed', { group, partition: slot.partition, reason: messageOf(error) })
      })
    }
    slot.running = null
    running.run.end()
    slot.failures = running.run.achieved() ? 0 : slot.failures + 1
    await running.run.settled()
    await running.release()
  }

  /** Closes what is there, then takes over until it succeeds or the reign is over. */
  function takeOver(slot: Slot, ours: AbortSignal, reason: CloseReason): void {
    void inTurn(slot, async () => {
      await close(slot, reason)
      if (reason === 'revoked') slot.failures = 0
      // Taking over at once would fence the rightful owner, if there is one: first the group must say that it is us.
      if (reason === 'fenced') await beats.next(ours)
      while (!ours.aborted) {
        if (slot.failures > 1) await pause(slot.failures, ours)
        if (ours.aborted) return
        try {
          return await open(slot, ours)
        } catch (error) {
          if (isVigiaError(error, 'VIG_OFFSET_OUT_OF_RANGE')) {
            void fail(error)
            return
          }
          slot.failures++
          if (!ours.aborted)
            log('warn', 'a take-over failed', { group, partition: slot.partition, reason: messageOf(error) })
        }
      }
    })
  }

  async function open(slot: Slot, ours: AbortSignal): Promise<void> {
    const { partition } = slot
    const started = Date.now()
    const producer = await fencePredecessor(producers, group, partition, settings.transactionTimeoutMs)
    const release = () => producer.disconnect().catch(() => {})
    try {
      if (ours.aborted) return await release()
      const { committed, starts } = await readPositions(topics, group, inputs, partition)
      if (ours.aborted) return await release()
      for (const [topic, offset] of starts) consumer.seek({ topic, partition, offset: String(offset) })
      const run = runTask({
        group,
        partition,
        committed,
        producer,
        topics,
        restore: (topic, signal) => parts.restore(topic, partition, signal),
        setPaused: paused => {
          if (slot.running?.run === run && slot.running.opened && !ours.aborted) setPaused(inputs, [partition], paused)
        },
        onFailure: reason => giveUp(slot, run, ours, reason),
        onEvent,
      })
      slot.running = { run, release, opened: false, ending: null }
      await handler.open(run.task)
      slot.running.opened = true
      if (ours.aborted) return
      // A transaction made by `open` itself has failed.
      if (slot.running.ending) return takeOver(slot, ours, slot.running.ending)
      if (!run.paused()) setPaused(inputs, [partition], false)
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
    setPaused(inputs, [slot.partition], true)
    takeOver(slot, ours, reason)
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload
    const slot = slots.get(batch.partition)
    if (!slot) return
    const ours = reign.signal
    for (const part of chunks(batch.messages)) {
      lastProgress = Date.now()
      const { running } = slot
      const isWanted = () =>
        !ours.aborted &&
        running !== null &&
        slot.running === running &&
        running.opened &&
        running.ending === null &&
        !running.run.paused() &&
        isRunning() &&
        !isStale()
      // Never wait for a take-over here: the group would miss our heartbeats.
      if (!running || !isWanted()) return
      let handled = false
      await inTurn(slot, async () => {
        if (!isWanted()) return
        try {
          const records = part.map(message => logRecord(batch.topic, batch.partition, message))
          await handler.batch(running.run.task, records)
        } catch (error) {
          log('warn', 'a batch failed', { group, partition: batch.partition, reason: messageOf(error) })
          giveUp(slot, running.run, ours, 'failed')
          return
        }
        handled = !ours.aborted && slot.running === running && running.ending === null && !isStale()
      })
      if (!handled) return
      const last = part.at(-1)
      if (last) resolveOffset(last.offset)
      await heartbeat()
    }
  }

  async function leaveAll(reason: CloseReason): Promise<void> {
    stopping = true
    reign.abort()
    setPaused(subscribed, owned, true)
    for (const slot of slots.values()) {
      if (!slot.running?.opened) slot.running?.run.interrupt()
    }
    await Promise.all([...slots.keys()].map(partition => leave(partition, reason)))
    owned = []
    await consumer.disconnect().catch(error => {
      log('warn', 'leaving the group failed', { group, reason: messageOf(error) })
    })
  }

  let left: Promise<void> | undefined
  function fail(error: unknown): Promise<void> {
    if (!left) {
      log('error', 'the membership cannot go on', { group, reason: messageOf(error) })
      done.reject(error)
      left = leaveAll('failed')
    }
    return left
  }

  const alive = () => {
    lastProgress = Date.now()
  }
  const { events } = consumer
  consumer.on(events.FETCH, alive)
  consumer.on(events.HEARTBEAT, () => {
    alive()
    beats.beat()
  })
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    alive()
    if (!stopping) assign(payload.memberAssignment[subscribed[0] ?? ''] ?? [])
  })
  consumer.on(events.REQUEST_TIMEOUT, ({ payload: { apiName, broker } }) => {
    onEvent({ type: 'request-timeout', group, api: apiName, broker })
  })
  consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
    if (stopping) return
    onEvent({ type: 'crash', group, restart, reason: messageOf(error) })
    assign([])
    if (!restart) void fail(isVigiaError(error) ? error : unavailable(`the membership of ${group}`, error))
  })

  try {
    await consumer.connect()
    await consumer.subscribe({ topics: subscribed, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: parts.count * subscribed.length,
      eachBatch,
    })
  } catch (error) {
    await consumer.disconnect().catch(() => {})
    throw unavailable(`joining ${group}`, error)
  }

  return {
    owned: () =>
      [...slots.values()]
        .filter(({ running }) => running?.opened === true && running.ending === null)
        .map(({ partition }) => partition)
        .sort((a, b) => a - b),
    lastProgress: () => lastProgress,
    drain() {
      left ??= leaveAll('drained').then(() => done.resolve())
      return left
    },
    done: done.promise,
  }
}
