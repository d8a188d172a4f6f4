import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import type { Log, LogRecord, Membership, OutRecord, Task, TaskHandler } from '../log.ts'
import { kafkaClient } from './client.ts'
import type { KafkaEvent } from './events.ts'
import { brokerError, interpose } from './interpose.ts'
import { kafkaLog } from './kafka-log.ts'
import { settingsFrom } from './options.ts'
import { fencedProducer } from './takeover.ts'

/** A code of the protocol. */
const COORDINATOR_NOT_AVAILABLE = 15

const text = ({ value }: { readonly value: Buffer | null }) => String(value)
const record = (topic: string, value: string, partition = 0): OutRecord => ({
  ...{ topic, partition, key: Buffer.from('k'), value: Buffer.from(value) },
})
const quiet: TaskHandler = { open: async () => {}, close: async () => {}, batch: async () => {} }

/** What breaks off a reign, or comes between it and the one before: see README.md. */
describe('a reign on a real broker', () => {
  let logs: Log[] = []
  let undo: (() => void)[] = []
  let name: (suffix: string) => string

  const options = (clientId: string) => ({
    ...{ brokers: inject('brokers').split(','), clientId },
    ...{ sessionTimeoutMs: 6_000, heartbeatIntervalMs: 500 },
  })
  const newLog = (clientId: string, onEvent: (event: KafkaEvent) => void = () => {}): Log => {
    const log = kafkaLog({ ...options(clientId), onEvent })
    logs.push(log)
    return log
  }
  const newTopics = async (log: Log, partitions: number, ...suffixes: string[]): Promise<string[]> => {
    const names = suffixes.map(name)
    await log.createTopics(names.map(topic => ({ name: topic, partitions, config: {} })))
    return names
  }
  const transactions = () => kafkaClient(settingsFrom(options('other')), 'transactions')
  const collect = async (batches: AsyncIterable<readonly LogRecord[]>): Promise<string[]> => {
    const values: string[] = []
    for await (const batch of batches) values.push(...batch.map(text))
    return values
  }
  const readAll = (log: Log, topic: string) => collect(log.read(topic, { from: 'beginning', until: 'end' }))
  const copy = (task: Task, records: readonly LogRecord[], output: string): Promise<void> =>
    task.transact({
      records: records.map(one => record(output, text(one))),
      offsets: [{ topic: records[0]?.topic ?? '', offset: (records.at(-1)?.offset ?? 0) + 1, metadata: '' }],
    })
  /** Copies until the record `last` has been copied. */
  const copying = (output: string, last: string): { readonly handler: TaskHandler; readonly done: Promise<void> } => {
    const done = Promise.withResolvers<void>()
    const handler: TaskHandler = {
      ...quiet,
      async batch(task, records) {
        await copy(task, records, output)
        if (records.some(one => text(one) === last)) done.resolve()
      },
    }
    return { handler, done: done.promise }
  }

  beforeEach(() => {
    const test = randomUUID().slice(0, 8)
    name = suffix => `reign.${test}.${suffix}`
    logs = []
    undo = []
  })
  afterEach(async () => {
    for (const back of undo) back()
    await Promise.all(logs.map(log => log.close()))
  })

  it('goes on behind what it has handled where a heartbeat fails right after it', async () => {
    const log = newLog('a')
    const [input = '', output = ''] = await newTopics(log, 1, 'in', 'out')
    const failed = Promise.withResolvers<void>()
    let [inHand, hasFailed] = [false, false]
    undo.push(
      interpose('heartbeat', (_, send) => {
        if (!inHand || hasFailed) return send()
        hasFailed = true
        failed.resolve()
        return Promise.reject(brokerError(COORDINATOR_NOT_AVAILABLE))
      }),
    )
    const { handler, done } = copying(output, 'y')
    await log.append([record(input, 'x')])
    await log.join(
      { group: name('group'), inputs: [input] },
      {
        ...handler,
        async batch(task, records) {
          inHand = true
          await failed.promise
          await handler.batch(task, records)
          if (text(records[0] ?? { value: null }) === 'x') await log.append([record(input, 'y')])
        },
      },
    )
    await done
    expect(await readAll(log, output)).toEqual(['x', 'y'])
  })

  it('begins with the whole state where a rebalance broke off the restore before it', async () => {
    const rebalanced = Promise.withResolvers<void>()
    let rebalances = 0
    const log = newLog('a', ({ type }) => {
      if (type === 'rebalance' && ++rebalances === 2) rebalanced.resolve()
    })
    const [input = '', state = ''] = await newTopics(log, 2, 'in', 'state')
    const spec = { group: name('group'), inputs: [input], state }
    const before = newLog('before')
    const { handler, done } = copying(state, 'two')
    await before.append([record(input, 'one'), record(input, 'two')])
    await before.join(spec, handler)
    await done
    await before.close()
    const [restoring, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<string[]>()]
    let isFirst = true
    undo.push(
      interpose('fetch', async ({ topics }, send) => {
        // Of partition 1 there is nothing to fetch.
        if (isFirst && topics?.some(({ topic }) => topic === state)) {
          isFirst = false
          restoring.resolve()
          await rebalanced.promise
        }
        return send()
      }),
    )
    const states = new WeakMap<Task, string[]>()
    await log.join(spec, {
      ...quiet,
      async open(task, continues) {
        const kept = continues ? states.get(continues) : undefined
        const found = kept ?? (await collect(task.restore(state)))
        states.set(task, found)
        if (task.partition === 0 && rebalances === 2) opened.resolve(found)
      },
    })
    await restoring.promise
    await newLog('b').join(spec, quiet)
    expect(await opened.promise).toEqual(['one', 'two'])
  })

  it('begins behind offsets that stay on their way for longer than a second, and handles nothing twice', async () => {
    const log = newLog('a')
    const [input = '', output = ''] = await newTopics(log, 1, 'in', 'out')
    const group = name('group')
    await log.append([record(input, 'x')])
    const { handler, done } = copying(output, 'y')
    const begun = await log.join({ group, inputs: [input] }, quiet)
    await begun.drain()
    // Stands for the predecessor after a broker was killed: its offsets are not there yet when the fence has succeeded.
    const before = await fencedProducer(transactions(), name('before'), 15_000)
    const transaction = await before.transaction()
    await transaction.send({ topic: output, messages: [{ partition: 0, value: 'x' }] })
    const partitions = [{ partition: 0, offset: '1' }]
    await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic: input, partitions }] })
    let [beats, isFenced] = [0, false]
    undo.push(
      interpose('initProducerId', ({ transactionalId }, send) => {
        isFenced ||= transactionalId === `${group}.0`
        return send()
      }),
      interpose('heartbeat', async (_, send) => {
        const answer = await send()
        // One each 500 ms.
        if (isFenced && ++beats === 4) {
          await transaction.commit()
          await log.append([record(input, 'y')])
        }
        return answer
      }),
    )
    await log.join({ group, inputs: [input] }, handler)
    await done
    expect(await readAll(log, output)).toEqual(['x', 'y'])
    await before.disconnect()
  })

  it('ends a transaction that failed, also where nobody takes over: readers wait for none', async () => {
    const log = newLog('a')
    const [input = '', output = ''] = await newTopics(log, 1, 'in', 'out')
    const group = name('group')
    const ends: (boolean | undefined)[] = []
    let fails = false
    undo.push(
      interpose('addOffsetsToTxn', (_, send) => {
        if (!fails) return send()
        return Promise.reject(Object.assign(new Error('the request was lost'), { retriable: false }))
      }),
      interpose('endTxn', ({ transactionalId, transactionResult }, send) => {
        if (fails && transactionalId === `${group}.0`) ends.push(transactionResult)
        return send()
      }),
    )
    await log.append([record(input, 'x')])
    const joined = Promise.withResolvers<Membership>()
    const left = Promise.withResolvers<unknown>()
    const membership = await log.join(
      { group, inputs: [input] },
      {
        ...quiet,
        async batch(task, records) {
          void (await joined.promise).drain()
          fails = true
          const code = (error: unknown) => (isVigiaError(error) ? error.code : error)
          left.resolve(await copy(task, records, output).then(() => 'committed', code))
        },
      },
    )
    joined.resolve(membership)
    expect(await left.promise).toBe('VIG_TRANSACTION_FAILED')
    await membership.done
    expect(ends).toEqual([false])
    expect(await readAll(log, output)).toEqual([])
  })

  it('of a member that began its group late goes on from what another has done', async () => {
    const [log, other] = [newLog('a'), newLog('b')]
    const [input = '', output = ''] = await newTopics(log, 1, 'in', 'out')
    const spec = { group: name('group'), inputs: [input] }
    const [beginning, worked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let isLate = false
    undo.push(
      interpose('initProducerId', async ({ transactionalId }, send) => {
        if (!isLate && transactionalId === `${spec.group}.start`) {
          isLate = true
          beginning.resolve()
          await worked.promise
        }
        return send()
      }),
    )
    await log.append([record(input, 'x')])
    const late = other.join(spec, quiet)
    await beginning.promise
    const first = copying(output, 'x')
    const membership = await log.join(spec, first.handler)
    await first.done
    await membership.drain()
    worked.resolve()
    await (await late).drain()
    expect((await log.committed(spec.group, input)).get(0)?.offset).toBe(1)
    // Whoever asks again gets the same answer: nothing is copied twice.
    const second = copying(output, 'y')
    await log.append([record(input, 'y')])
    await log.join(spec, second.handler)
    await second.done
    expect(await readAll(log, output)).toEqual(['x', 'y'])
  })
})
