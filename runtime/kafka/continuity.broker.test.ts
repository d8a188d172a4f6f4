import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Log, LogRecord, OutRecord, Task, TaskHandler } from '../log.ts'
import { kafkaClient } from './client.ts'
import type { KafkaEvent } from './events.ts'
import { kafkaLog } from './kafka-log.ts'
import { settingsFrom } from './options.ts'
import { withMark } from './state-mark.ts'
import { fencePredecessor } from './takeover.ts'

const out = (topic: string, partition: number, value: string): OutRecord => ({
  topic,
  partition,
  key: Buffer.from(value),
  value: Buffer.from(value),
})
const quiet: Pick<TaskHandler, 'open' | 'close'> = { open: async () => {}, close: async () => {} }

describe('what stays of a task, on a real broker', () => {
  const brokers = () => inject('brokers').split(',')
  const events: KafkaEvent[] = []
  let logs: Log[] = []
  let name: (suffix: string) => string
  const newLog = (clientId: string): Log => {
    const onEvent = (event: KafkaEvent) => void events.push(event)
    const log = kafkaLog({ brokers: brokers(), clientId, sessionTimeoutMs: 6_000, heartbeatIntervalMs: 300, onEvent })
    logs.push(log)
    return log
  }
  const intruder = () => kafkaClient(settingsFrom({ brokers: brokers(), clientId: 'intruder' }), 'transactions')
  beforeEach(() => {
    const test = randomUUID().slice(0, 8)
    name = suffix => `continuity.${test}.${suffix}`
    events.length = 0
    logs = []
  })
  afterEach(async () => {
    await Promise.all(logs.map(log => log.close()))
  })

  type Places = { readonly group: string; readonly input: string; readonly state: string }
  type Between = (places: Places, held: { readonly state: number }) => Promise<void>
  /** Somebody with the task's transactional id commits something. */
  const foreign =
    (work: (places: Places, held: { readonly state: number }) => { records?: OutRecord; metadata?: string }): Between =>
    async (places, held) => {
      const producer = await fencePredecessor(intruder(), places.group, 0, 15_000)
      const { records, metadata } = work(places, held)
      const transaction = await producer.transaction()
      if (records) {
        const { topic, partition, key, value } = records
        await transaction.sendBatch({ topicMessages: [{ topic, messages: [{ partition, key, value }] }] })
      }
      if (metadata !== undefined) {
        const partitions = [{ partition: 0, offset: '1', metadata }]
        await transaction.sendOffsets({ consumerGroupId: places.group, topics: [{ topic: places.input, partitions }] })
      }
      await transaction.commit()
      await producer.disconnect()
    }
  const between: readonly [string, boolean, Between][] = [
    ['nothing happened', true, async () => {}],
    [
      'somebody only fenced it',
      true,
      async ({ group }) => (await fencePredecessor(intruder(), group, 0, 15_000)).disconnect(),
    ],
    ['somebody wrote a state entry', false, foreign(({ state }) => ({ records: out(state, 0, 'foreign') }))],
    ['somebody committed other metadata', false, foreign((_, held) => ({ metadata: withMark('foreign', held.state) }))],
    [
      'somebody committed the same again, in a transaction that also wrote state',
      false,
      foreign(({ state }, held) => ({ records: out(state, 0, 'foreign'), metadata: withMark('ours', held.state) })),
    ],
  ]
  it.each(between)('keeps the state over a rebalance where %s: %s', async (_, isKept, happen) => {
    const log = newLog('a')
    const [input, state, group] = [name('in'), name('state'), name('group')]
    await log.createTopics([input, state].map(topic => ({ name: topic, partitions: 2, config: {} })))
    const opened: { readonly task: Task; readonly continues: Task | null }[] = []
    let committed = 0
    const handler: TaskHandler = {
      ...quiet,
      async open(task, continues) {
        if (task.partition === 0) opened.push({ task, continues })
      },
      async batch(task, records) {
        await task.transact({
          records: records.map(one => out(state, task.partition, String(one.value))),
          offsets: [{ topic: input, offset: (records.at(-1)?.offset ?? 0) + 1, metadata: 'ours' }],
        })
        committed += records.length
      },
    }
    await log.append([out(input, 0, 'x')])
    await log.join({ group, inputs: [input], state }, handler)
    while (committed < 1) await turn()
    await happen({ group, input, state }, { state: 1 })
    // A second member takes partition 1: the group is shared anew, and partition 0 stays.
    await newLog('b').join({ group, inputs: [input], state }, { ...quiet, batch: async () => {} })
    while (opened.length < 2) await turn()
    expect(opened[1]?.continues).toBe(isKept ? opened[0]?.task : null)
  })

  it('stays a member while a batch is in hand for longer than the session timeout', async () => {
    const log = newLog('a')
    const [input, output] = [name('in'), name('out')]
    await log.createTopics([input, output].map(topic => ({ name: topic, partitions: 1, config: {} })))
    const committed = Promise.withResolvers<void>()
    await log.append([out(input, 0, 'x')])
    const membership = await log.join(
      { group: name('group'), inputs: [input] },
      {
        ...quiet,
        async batch(task, records: readonly LogRecord[]) {
          const begun = Date.now()
          // Signs of life that are younger than a session timeout: heartbeats alone can give them here.
          while (membership.lastProgress() < begun + 7_000) await turn()
          await task.transact({
            records: [out(output, 0, String(records[0]?.value))],
            offsets: [{ topic: input, offset: 1, metadata: '' }],
          })
          committed.resolve()
        },
      },
    )
    await committed.promise
    expect(events.filter(({ type }) => type === 'rebalance')).toHaveLength(1)
    expect(events.filter(event => event.type === 'transaction' && event.outcome !== 'committed')).toEqual([])
  })

  it('tells how far the last stable offset lies behind, while a transaction is open and when it has ended', async () => {
    const log = newLog('a')
    const [input, other] = [name('in'), name('other')]
    await log.createTopics([input, other].map(topic => ({ name: topic, partitions: 1, config: {} })))
    await log.join({ group: name('group'), inputs: [input, other] }, { ...quiet, batch: async () => {} })
    const producer = await fencePredecessor(intruder(), name('hanging'), 0, 15_000)
    const transaction = await producer.transaction()
    const messages = [1, 2, 3].map(number => ({ partition: 0, value: String(number) }))
    await transaction.sendBatch({ topicMessages: [{ topic: input, messages }] })
    const distances = () => events.flatMap(event => (event.type === 'unstable' ? [event.records] : []))
    while (distances().at(-1) !== 3) await turn()
    await transaction.abort()
    while (distances().at(-1) !== 0) await turn()
    await producer.disconnect()
    expect(distances()).toEqual([3, 0])
  })
})
