import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { coPartitionAssigner } from '../../../runtime/kafka/assigner.ts'
import { kafkaClient, retryOf } from '../../../runtime/kafka/client.ts'
import { beginGroup } from '../../../runtime/kafka/group-start.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { settingsFrom } from '../../../runtime/kafka/options.ts'
import { logRecord } from '../../../runtime/kafka/record.ts'
import { fencePredecessor, readPositions } from '../../../runtime/kafka/takeover.ts'
import { type RunningTask, runTask } from '../../../runtime/kafka/task.ts'
import { kafkaTopics } from '../../../runtime/kafka/topics.ts'
import type { Task } from '../../../runtime/log.ts'
import type { Join } from '../zombie/worker-process.ts'

/**
 * What is wrong with the take-over: the offsets and the state are read before the fence; every owner has a transactional id of its
 * own, so that nobody is ever fenced; or nothing.
 */
export const faults = ['offsets-first', 'random-ids', 'none'] as const
export type Fault = (typeof faults)[number]

type Reign = { readonly run: RunningTask; readonly release: () => Promise<void> }

/**
 * A member of a group made of the engine's own parts, as short as may be, whose take-over can be wrong. With `none` it shows that it is
 * the fault that doubles, not the rest of this file.
 */
export const memberWith =
  (fault: Fault): Join =>
  async (options, { group, inputs }, handler) => {
    const settings = settingsFrom(options)
    const [topics, log] = [kafkaTopics(settings), kafkaLog(options)]
    const producers = kafkaClient(settings, 'transactions')
    const reigns = new Map<number, Reign>()
    const turns = new Map<number, Promise<void>>()
    let assigned: readonly number[] = []
    let generation = 0

    const consumer = kafkaClient(settings, 'group').consumer({
      groupId: group,
      partitionAssigners: [coPartitionAssigner(() => assigned)],
      sessionTimeout: settings.sessionTimeoutMs,
      heartbeatInterval: settings.heartbeatIntervalMs,
      maxWaitTimeInMs: 200,
      retry: { ...retryOf('group'), restartOnFailure: async () => true },
    })
    const both = (partitions: readonly number[]) => inputs.map(topic => ({ topic, partitions: [...partitions] }))

    /** One after the other for each partition, whatever becomes of the one before. */
    function inTurn(partition: number, work: () => Promise<void>): Promise<void> {
      const turn = (turns.get(partition) ?? Promise.resolve()).then(work).catch(() => {})
      turns.set(partition, turn)
      return turn
    }

    async function close(partition: number): Promise<void> {
      const reign = reigns.get(partition)
      if (!reign) return
      reign.run.end()
      await reign.run.settled()
      reigns.delete(partition)
      await handler.close(reign.run.task, 'revoked')
      await reign.release()
    }

    const restoring = (topic: string, partition: number) =>
      log.read(topic, { from: 'beginning', until: 'end', partitions: [partition] })

    /** What a handler may do before its task has a producer: restore. */
    const unfenced = (partition: number, committed: Task['committed']): Task => ({
      ...{ group, partition, committed },
      restore: topic => restoring(topic, partition),
      transact: async () => {
        throw new Error('not fenced yet')
      },
      pause() {},
      resume() {},
    })

    async function takeOver(partition: number, mine: number): Promise<void> {
      const id = fault === 'random-ids' ? `${group}.${randomUUID()}` : group
      const fence = () => fencePredecessor(producers, id, partition, settings.transactionTimeoutMs)
      const fenced = fault === 'offsets-first' ? undefined : await fence()
      const positions = await readPositions(topics, { group, inputs, partition })
      const { committed } = positions
      await handler.open(unfenced(partition, committed), null)
      const producer = fenced ?? (await fence())
      const run = runTask({
        ...{ group, partition, positions, producer, topics },
        state: undefined,
        restore: topic => restoring(topic, partition),
        setPaused() {},
        onFailure: () => again(partition, mine),
        onEvent() {},
      })
      reigns.set(partition, { run, release: () => producer.disconnect() })
      if (mine !== generation) return
      for (const [topic, { offset }] of committed) consumer.seek({ topic, partition, offset: String(offset) })
      consumer.resume(both([partition]))
    }

    /** Not at once: if the task has another owner, this one learns of it meanwhile. */
    function again(partition: number, mine: number): void {
      if (mine === generation) consumer.pause(both([partition]))
      void inTurn(partition, async () => {
        await close(partition)
        await sleep(3 * settings.heartbeatIntervalMs)
        if (mine === generation) await takeOver(partition, mine)
      })
    }

    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      const before = assigned
      generation += 1
      const mine = generation
      assigned = payload.memberAssignment[inputs[0] ?? ''] ?? []
      consumer.pause(both(assigned))
      consumer.resume(both(before.filter(partition => !assigned.includes(partition))))
      for (const partition of new Set([...before, ...assigned])) {
        void inTurn(partition, async () => {
          await close(partition)
          if (mine === generation && assigned.includes(partition)) await takeOver(partition, mine)
        })
      }
    })

    await beginGroup(settings, producers, topics, { group, inputs })
    await consumer.connect()
    await consumer.subscribe({ topics: [...inputs], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 16,
      async eachBatch({ batch: { topic, partition, messages }, resolveOffset, isRunning, isStale }) {
        const mine = generation
        await inTurn(partition, async () => {
          const reign = reigns.get(partition)
          if (!reign || mine !== generation || !isRunning() || isStale()) return
          const records = messages.map(message => logRecord(topic, partition, message))
          await handler.batch(reign.run.task, records)
          const last = messages.at(-1)
          if (last && mine === generation && reigns.get(partition) === reign) resolveOffset(last.offset)
        })
      },
    })
    return { done: new Promise<void>(() => {}), leave: () => consumer.disconnect() }
  }
