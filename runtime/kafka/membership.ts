import type { Cluster, Consumer, EachBatchPayload } from 'kafkajs'
import { isVigiaError, messageOf } from '../../core/errors.ts'
import type { GroupSpec, LogRecord, Membership, TaskHandler } from '../log.ts'
import { coPartitionAssigner } from './assigner.ts'
import { chunks } from './batch.ts'
import { kafkaClient, retryOf } from './client.ts'
import { outOfRange, unavailable } from './failure.ts'
import { watchFetches } from './fetch-watch.ts'
import { beatWhile, heartbeats } from './heartbeat.ts'
import { type MemberTasks, memberTasks } from './member-tasks.ts'
import type { Settings } from './options.ts'
import { readPosition } from './read-position.ts'
import type { Topics } from './topics.ts'
import { unstable } from './unstable.ts'

type MembershipParts = {
  readonly settings: Settings
  readonly topics: Topics
  readonly spec: GroupSpec
  readonly handler: TaskHandler
  /** Partition numbers of the group. */
  readonly count: number
  readonly restore: (topic: string, partition: number, signal: AbortSignal) => AsyncIterable<readonly LogRecord[]>
}

const MAX_WAIT_MS = 500

/** A consumer of its own for each membership; what it is assigned is taken over, fed and closed by `member-tasks.ts`. */
export async function joinGroup(parts: MembershipParts): Promise<Membership> {
  const { settings, topics, spec, handler, restore } = parts
  const { log, onEvent } = settings
  const { group, inputs, elect } = spec
  const subscribed = [...new Set(elect === undefined ? inputs : [...inputs, elect])]
  const beats = heartbeats()
  const distance = unstable(records => onEvent({ type: 'unstable', group, records }))
  const position = readPosition()
  const done = Promise.withResolvers<void>()
  done.promise.catch(() => {})
  let left: Promise<void> | undefined
  let lastProgress = Date.now()
  let refused = false
  const alive = () => {
    lastProgress = Date.now()
  }

  /** kafkajs shows the connection of a consumer to its assigners alone. */
  const watched = (cluster: Cluster) =>
    watchFetches(cluster, {
      isWanted: position.isAt,
      onUnstable: distance.see,
      onOutOfRange: (topic, partition, offset) => void refuse(topic, partition, offset),
    })

  // From a client of its own: two consumers of one group from the same one would clear each other's offsets.
  const consumer: Consumer = kafkaClient(settings, 'group').consumer({
    groupId: group,
    partitionAssigners: [coPartitionAssigner(() => tasks.assigned(), watched)],
    sessionTimeout: settings.sessionTimeoutMs,
    heartbeatInterval: settings.heartbeatIntervalMs,
    maxWaitTimeInMs: MAX_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { ...retryOf('group'), restartOnFailure: async () => left === undefined },
  })

  /** kafkajs throws where the consumer is not running; then there is nothing to pause or to resume. */
  const setPaused = (topicNames: readonly string[], partitions: readonly number[], paused: boolean): void => {
    const both = topicNames.map(topic => ({ topic, partitions: [...partitions] }))
    try {
      if (paused) consumer.pause(both)
      else consumer.resume(both)
    } catch (error) {
      log('debug', 'not running', { group, reason: messageOf(error) })
    }
  }

  const tasks: MemberTasks = memberTasks({
    settings,
    topics,
    producers: kafkaClient(settings, 'transactions'),
    group,
    inputs,
    state: spec.state,
    handler,
    heartbeats: beats,
    restore,
    seek(topic, partition, offset) {
      consumer.seek({ topic, partition, offset: String(offset) })
      position.set(topic, partition, offset)
    },
    // The topic that only elects is never read: it is paused with the others, and stays so.
    setPaused: (partitions, paused) => setPaused(paused ? subscribed : inputs, partitions, paused),
    onFailure: fail,
  })

  async function eachBatch({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const isFresh = () => left === undefined && isRunning() && !isStale()
    const { topic, partition } = batch
    const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string }
    let place = position.of(topic, partition)
    if (place?.offset !== Number(fetchedOffset)) return
    const behind = Number(batch.lastOffset()) + 1
    for (const part of chunks(batch.messages)) {
      alive()
      const last = part.at(-1)
      const next = last === batch.messages.at(-1) ? behind : Number(last?.offset) + 1
      const handling = tasks.deliver(topic, partition, part, isFresh, next)
      const { result, failure } = await beatWhile(handling, heartbeat, settings.heartbeatIntervalMs)
      // A take-over may have begun elsewhere while a heartbeat was waited for.
      if (!result || !last || position.of(topic, partition) !== place) return
      resolveOffset(last.offset)
      place = position.set(topic, partition, next)
      if (failure) throw failure.error
      await heartbeat()
    }
  }

  async function leave(reason: 'drained' | 'failed'): Promise<void> {
    await tasks.leave(reason)
    await consumer.disconnect().catch(error => {
      log('warn', 'leaving the group failed', { group, reason: messageOf(error) })
    })
  }

  function fail(error: unknown): void {
    if (left) return
    log('error', 'the membership cannot go on', { group, reason: messageOf(error) })
    done.reject(error)
    left = leave('failed')
  }

  /** A partition was fetched from a place that its log does not have (any more). */
  async function refuse(topic: string, partition: number, offset: number): Promise<void> {
    if (refused) return
    refused = true
    const bounds = await topics.bounds(topic).catch(() => [])
    const { start = -1, end = -1 } = bounds.find(bound => bound.partition === partition) ?? {}
    fail(outOfRange({ topic, partition, offset, start, end }))
  }

  const { events } = consumer
  consumer.on(events.FETCH, alive)
  consumer.on(events.HEARTBEAT, () => {
    alive()
    beats.beat()
  })
  // Of a batch that holds markers or aborted records alone kafkajs tells nobody but here; then it moves its own position.
  consumer.on(events.START_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
    if (batchSize === 0) position.set(topic, partition, Number(lastOffset) + 1)
  })
  // Synchronous: it runs before kafkajs fetches again, so that nothing is fetched for a task that is not open.
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    alive()
    if (left) return
    const partitions = payload.memberAssignment[subscribed[0] ?? ''] ?? []
    position.forget()
    tasks.assign(partitions)
    distance.keep(partitions)
    onEvent({ type: 'rebalance', group, partitions })
  })
  consumer.on(events.REQUEST_TIMEOUT, ({ payload: { apiName, broker } }) => {
    onEvent({ type: 'request-timeout', group, api: apiName, broker })
  })
  consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
    // What the consumer crashes with then says less than what is told of the refusal.
    if (left || refused) return
    onEvent({ type: 'crash', group, restart, reason: messageOf(error) })
    tasks.suspend()
    if (!restart) fail(isVigiaError(error) ? error : unavailable(`the membership of ${group}`, error))
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
    owned: tasks.open,
    assigned: tasks.assigned,
    lastProgress: () => lastProgress,
    drain() {
      left ??= leave('drained').then(() => done.resolve())
      return left
    },
    done: done.promise,
  }
}
