import { randomUUID } from 'node:crypto'
import { describe, expect, inject, it } from 'vitest'
import type { LogRecord, Task } from '../log.ts'
import { clusterOf, kafkaClient, noPartitioner, retryOf } from './client.ts'
import { dropAborted, type FetchedMessage } from './fixes/aborted.ts'
import { original } from './fixes/upstream.ts'
import { kafkaLog } from './kafka-log.ts'
import { fetchOffsets } from './offset-fetch.ts'
import { settingsFrom } from './options.ts'
import { fencePredecessor } from './takeover.ts'

type Message = FetchedMessage & { readonly value: Buffer | null }
type Fetched = { messages: Message[]; abortedTransactions: { firstOffset: string; producerId: string }[] }
type FetchingBroker = { fetch(request: object): Promise<{ responses: { partitions: Fetched[] }[] }> }

const options = (clientId: string) => ({ brokers: inject('brokers').split(','), clientId })
const unique = (suffix: string) => `fixes.${randomUUID().slice(0, 8)}.${suffix}`
const text = ({ value }: { readonly value: Buffer | null }) => String(value)

/** The response of one fetch, before any filter. */
async function fetchRaw(topic: string): Promise<Fetched> {
  const cluster = clusterOf(kafkaClient(settingsFrom(options('raw')), 'append'))
  await cluster.connect()
  await cluster.addMultipleTargetTopics([topic])
  const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [0]))
  const broker = (await cluster.findBroker({ nodeId })) as unknown as FetchingBroker
  const partitions = [{ partition: 0, fetchOffset: '0', maxBytes: 1_000_000 }]
  const { responses } = await broker.fetch({ isolationLevel: 1, maxWaitTime: 500, topics: [{ topic, partitions }] })
  await cluster.disconnect()
  const [fetched] = responses.flatMap(response => response.partitions)
  if (!fetched) throw new Error('nothing was fetched')
  return fetched
}

describe('the fixes, on a real broker', () => {
  it('D1: overlapping aborted transactions in one partition stay hidden; kafkajs delivers one', async () => {
    const log = kafkaLog(options('d1'))
    const topic = unique('overlap')
    await log.createTopics([{ name: topic, partitions: 1, config: {} }])
    const kafka = kafkaClient(settingsFrom(options('d1')), 'transactions')
    const begin = async (id: string) => {
      const producer = kafka.producer({
        transactionalId: unique(id),
        maxInFlightRequests: 1,
        createPartitioner: noPartitioner,
        retry: retryOf('transactions'),
      })
      await producer.connect()
      const transaction = await producer.transaction()
      const write = (value: string) => transaction.send({ topic, messages: [{ partition: 0, value }] })
      return { producer, transaction, write }
    }
    const [a, b, c] = [await begin('a'), await begin('b'), await begin('c')]
    await a.write('aborted a')
    await b.write('aborted b')
    await a.write('aborted a')
    await b.transaction.abort()
    // An abort is answered before its marker is written; the next transaction of the same producer waits for that.
    const next = await b.producer.transaction()
    const partitions = [{ partition: 0, offset: '0' }]
    await next.sendOffsets({ consumerGroupId: unique('group'), topics: [{ topic, partitions }] })
    await next.abort()
    await a.transaction.abort()
    await c.write('committed')
    await c.transaction.commit()
    await Promise.all([a, b, c].map(({ producer }) => producer.disconnect()))
    const read: string[] = []
    for await (const batch of log.read(topic, { from: 'beginning', until: 'end' })) read.push(...batch.map(text))
    expect(read).toEqual(['committed'])
    const fetched = await fetchRaw(topic)
    const shipped = original<(fetched: Fetched) => Message[]>('consumer/filterAbortedMessages.js')
    const delivered = (messages: Message[]) => messages.filter(one => !one.isControlRecord).map(text)
    expect(delivered(dropAborted(fetched))).toEqual(['committed'])
    expect(delivered(shipped(fetched))).toContain('aborted a')
    await log.close()
  })

  it('D5: 100 transactions of an offset alone, back to back, all commit', async () => {
    const outcomes: string[] = []
    const log = kafkaLog({
      ...options('d5'),
      onEvent: event => {
        if (event.type === 'transaction') outcomes.push(event.outcome)
      },
    })
    const topic = unique('offsets')
    await log.createTopics([{ name: topic, partitions: 1, config: {} }])
    await log.append([{ topic, partition: 0, key: null, value: Buffer.from('x') }])
    const done = Promise.withResolvers<void>()
    const group = unique('group')
    await log.join(
      { group, inputs: [topic] },
      {
        open: async () => {},
        close: async () => {},
        async batch(task: Task, records: readonly LogRecord[]) {
          const offset = (records.at(-1)?.offset ?? 0) + 1
          try {
            for (let count = 0; count < 100; count++) {
              await task.transact({ records: [], offsets: [{ topic, offset, metadata: String(count) }] })
            }
            done.resolve()
          } catch (error) {
            done.reject(error)
          }
        },
      },
    )
    await done.promise
    expect(outcomes).toEqual(Array.from({ length: 100 }, () => 'committed'))
    expect((await log.committed(group, topic)).get(0)).toEqual({ topic, offset: 1, metadata: '99' })
    await log.close()
  })

  it('an offset in an open transaction is waited for; kafkajs answers with what was before', async () => {
    const log = kafkaLog(options('stable'))
    const [topic, group] = [unique('stable'), unique('group')]
    await log.createTopics([{ name: topic, partitions: 2, config: {} }])
    const settings = settingsFrom(options('stable'))
    const producer = await fencePredecessor(kafkaClient(settings, 'transactions'), group, 0, 15_000)
    const transaction = await producer.transaction()
    const partitions = [{ partition: 0, offset: '7' }]
    await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions }] })
    const kafka = kafkaClient(settings, 'admin')
    const [admin, cluster] = [kafka.admin(), clusterOf(kafka)]
    await Promise.all([admin.connect(), cluster.connect()])
    const [shipped] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    expect(shipped?.partitions.find(({ partition }) => partition === 0)?.offset).toBe('-1')
    // The other partition of the topic is not held up.
    expect(await fetchOffsets(cluster, group, topic, [1], true)).toEqual(new Map())
    const order: string[] = []
    const stable = fetchOffsets(cluster, group, topic, [0, 1], true).then(offsets => {
      order.push('answered')
      return offsets
    })
    await fetchOffsets(cluster, group, topic, [1], true)
    order.push('committed')
    await transaction.commit()
    expect(await stable).toEqual(new Map([[0, { topic, offset: 7, metadata: '' }]]))
    expect(order).toEqual(['committed', 'answered'])
    await Promise.all([producer.disconnect(), admin.disconnect(), cluster.disconnect(), log.close()])
  })
})
