import type { Consumer, EachBatchPayload } from 'kafkajs'
import { isVigiaError, messageOf } from '../../core/errors.ts'
import type { GroupSpec, LogRecord, Membership, TaskHandler } from '../log.ts'
import { coPartitionAssigner } from './assigner.ts'
import { chunks } from './batch.ts'
import { kafkaClient, retryOf } from './client.ts'
import { unavailable } from './failure.ts'
import { heartbeats } from './heartbeat.ts'
import { type MemberTasks, memberTasks } from './member-tasks.ts'
import type { Settings } from './options.ts'
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

const MAX_WAIT_MS = 200

/** A consumer of its own for each membership; what it is assigned is taken over, fed and closed by `member-tasks.ts`. */
export async function joinGroup(parts: MembershipParts): Promise<Membership> {
  const { settings, topics, spec, handler, restore } = parts
  const { log, onEvent } = settings
  const { group, inputs, elect } = spec
  const subscribed = [...new Set(elect === undefined ? inputs : [...inputs, elect])]
  const beats = heartbeats()
  const done = Promise.withResolvers<void>()
  done.promise.catch(() => {})
  let left: Promise<void> | undefined
  let lastProgress = Date.now()
  const alive = () => {
    lastProgress = Date.now()
  }

  // From a client of its own: two consumers of one group from the same one would clear each other's offsets.
  const consumer: Consumer = kafkaClient(settings, 'group').consumer({
    groupId: group,
    partitionAssigners: [coPartitionAssigner(() => tasks.assigned())],
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
    handler,
    heartbeats: beats,
    restore,
    seek: (topic, partition, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
    // The topic that only elects is never read: it is paused with the others, and stays so.
    setPaused: (partitions, paused) => setPaused(paused ? subscribed : inputs, partitions, paused),
    onFailure: fail,
  })

  async function eachBatch({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const isFresh = () => left === undefined && isRunning() && !isStale()
    for (const part of chunks(batch.messages)) {
      alive()
      if (!(await tasks.deliver(batch.topic, batch.partition, part, isFresh))) return
      const last = part.at(-1)
      if (last) resolveOffset(last.offset)
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

  const { events } = consumer
  consumer.on(events.FETCH, alive)
  consumer.on(events.HEARTBEAT, () => {
    alive()
    beats.beat()
  })
  // Synchronous: it runs before kafkajs fetches again, so that nothing is fetched for a task that is not open.
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    alive()
    if (left) return
    const partitions = payload.memberAssignment[subscribed[0] ?? ''] ?? []
    tasks.assign(partitions)
    onEvent({ type: 'rebalance', group, partitions })
  })
  consumer.on(events.REQUEST_TIMEOUT, ({ payload: { apiName, broker } }) => {
    onEvent({ type: 'request-timeout', group, api: apiName, broker })
  })
  consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
    if (left) return
    onEvent({ type: 'crash', group, restart, reason: messageOf(error) })
    tasks.assign([])
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
