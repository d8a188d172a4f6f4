import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Log, LogRecord, OutRecord } from '../log.ts'
import { kafkaClient } from './client.ts'
import { upstream } from './fixes/upstream.ts'
import { brokerError } from './interpose.ts'
import { kafkaLog } from './kafka-log.ts'
import { settingsFrom } from './options.ts'
import { fencedProducer } from './takeover.ts'

/** A code of the protocol, and a node that there is not. */
const NOT_LEADER = 6
const SECOND = 99

type Node = { readonly nodeId: number; readonly host: string; readonly port: number }
type Metadata = {
  readonly brokers: readonly Node[]
  readonly topicMetadata: readonly {
    readonly topic: string
    readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[]
  }[]
}
type Asked = {
  readonly topics?: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[]
  }[]
}
type Broker = {
  readonly nodeId: number | string
  metadata(topics: unknown): Promise<Metadata>
  produce(request: object): Promise<unknown>
  fetch(request: Asked): Promise<unknown>
}

const text = ({ value }: { readonly value: Buffer | null }) => String(value)
const record = (topic: string, value: string, partition = 0): OutRecord => ({
  ...{ topic, partition, key: Buffer.from('k'), value: Buffer.from(value) },
})

/**
 * Leaders that move, on one real broker: kafkajs is told of a second one, which is the same under another name, and which leads a partition
 * for as long as the test says.
 */
describe('with a leader that moves', () => {
  let log: Log
  let undo: (() => void)[] = []
  let name: (suffix: string) => string
  const options = () => ({
    ...{ brokers: inject('brokers').split(','), clientId: 'leaders' },
    ...{ sessionTimeoutMs: 6_000, heartbeatIntervalMs: 300 },
  })

  /** As `interpose`, for a test that must know which broker is asked. */
  function around<M extends 'metadata' | 'produce' | 'fetch'>(
    method: M,
    change: (
      node: string,
      request: Parameters<Broker[M]>[0],
      send: () => ReturnType<Broker[M]>,
    ) => ReturnType<Broker[M]>,
  ): void {
    const { prototype } = upstream<{
      prototype: Record<M, (this: Broker, request: Parameters<Broker[M]>[0]) => ReturnType<Broker[M]>>
    }>('broker/index.js')
    const before = prototype[method]
    prototype[method] = function (this: Broker, request) {
      return change(String(this.nodeId), request, () => before.call(this, request))
    }
    undo.push(() => {
      prototype[method] = before
    })
  }

  /** The second node leads `partition` of `topic` while `isLed()`. */
  function secondLeads(topic: string, partition: number, isLed: () => boolean): void {
    around('metadata', async (_node, _topics, send) => {
      const told = await send()
      const [first] = told.brokers
      if (!first) return told
      const second = { ...first, nodeId: SECOND, host: first.host === 'localhost' ? '127.0.0.1' : 'localhost' }
      const topicMetadata = told.topicMetadata.map(one => ({
        ...one,
        partitionMetadata: one.partitionMetadata.map(at =>
          one.topic === topic && at.partitionId === partition && isLed() ? { ...at, leader: SECOND } : at,
        ),
      }))
      return { ...told, brokers: [...told.brokers, second], topicMetadata }
    })
  }

  const readAll = async (topic: string): Promise<string[]> => {
    const records: LogRecord[] = []
    for await (const batch of log.read(topic, { from: 'beginning', until: 'end' })) records.push(...batch)
    return records.map(text).sort()
  }

  beforeEach(() => {
    const test = randomUUID().slice(0, 8)
    name = suffix => `leaders.${test}.${suffix}`
    undo = []
    log = kafkaLog(options())
  })
  afterEach(async () => {
    for (const back of undo) back()
    await log.close()
  })

  it('D10: what goes to a partition that moves to a broker which has answered for others is sent all the same', async () => {
    const topic = name('out')
    await log.createTopics([{ name: topic, partitions: 2, config: {} }])
    const answered = Promise.withResolvers<void>()
    let hasMoved = false
    secondLeads(topic, 1, () => !hasMoved)
    around('produce', async (node, _request, send) => {
      if (node !== String(SECOND)) return send().finally(answered.resolve)
      await answered.promise
      hasMoved = true
      throw brokerError(NOT_LEADER)
    })
    const producer = await fencedProducer(kafkaClient(settingsFrom(options()), 'transactions'), name('id'), 15_000)
    const transaction = await producer.transaction()
    const messages = [0, 1].map(partition => ({ partition, value: `to ${partition}` }))
    await transaction.sendBatch({ topicMessages: [{ topic, messages }] })
    await transaction.commit()
    await producer.disconnect()
    expect(hasMoved).toBe(true)
    expect(await readAll(topic)).toEqual(['to 0', 'to 1'])
  })

  it('own position: what the old leader answers when the new one has been read is not handled again', async () => {
    const [input, output] = [name('in'), name('out')]
    await log.createTopics([input, output].map(topic => ({ name: topic, partitions: 2, config: {} })))
    const passed = Promise.withResolvers<void>()
    let [hasMoved, isRefused] = [false, false]
    secondLeads(input, 0, () => !hasMoved)
    around('fetch', async (node, { topics }, send) => {
      const asked = topics?.find(({ topic }) => topic === input)?.partitions
      if (!asked) return send()
      if (node === String(SECOND) && !hasMoved) {
        const answer = await send()
        hasMoved = true
        await passed.promise
        return answer
      }
      // This makes kafkajs ask for the leaders again, and join again, while the other fetch is under way.
      if (hasMoved && !isRefused) {
        isRefused = true
        throw brokerError(NOT_LEADER)
      }
      // The new leader is asked for what comes next.
      if (asked.some(({ partition, fetchOffset }) => partition === 0 && fetchOffset === '1')) passed.resolve()
      return send()
    })
    const copied = Promise.withResolvers<void>()
    await log.append([record(input, 'x')])
    await log.join(
      { group: name('group'), inputs: [input] },
      {
        open: async () => {},
        close: async () => {},
        async batch(task, records) {
          await task.transact({
            records: records.map(one => record(output, text(one))),
            offsets: [{ topic: input, offset: (records.at(-1)?.offset ?? 0) + 1, metadata: '' }],
          })
          if (records.some(one => text(one) === 'y')) copied.resolve()
        },
      },
    )
    await passed.promise
    await log.append([record(input, 'y')])
    await copied.promise
    expect(await readAll(output)).toEqual(['x', 'y'])
  })
})
