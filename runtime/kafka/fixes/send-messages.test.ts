import { setImmediate as aTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  type Send,
  type SendingBroker,
  type SendingCluster,
  type SendParts,
  type SendRequest,
  sendByPartition,
} from './send-messages.ts'
import { original } from './upstream.ts'

const shipped = original<(parts: SendParts) => Send>('producer/sendMessages.js')

type Produced = Parameters<SendingBroker['produce']>[0] & {
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly { partition: number; firstSequence: number; messages: readonly { value: string }[] }[]
  }[]
}

const moved = () =>
  Object.assign(new Error('not the leader'), {
    name: 'KafkaJSProtocolError',
    type: 'NOT_LEADER_FOR_PARTITION',
    retriable: true,
  })

/**
 * Two brokers and one topic of two partitions. A broker refuses a request with a partition that it does not lead; `lead` says
 * who leads at each look at the metadata, a `late` broker takes a turn of the event loop for its first answer.
 */
function brokers(of: { readonly lead: readonly (readonly [number, number])[]; readonly late?: number }) {
  let look = 0
  const known = () => of.lead[Math.min(look, of.lead.length - 1)] ?? [1, 1]
  // The leaders have moved before the first request, which the client learns from a refusal.
  const real = () => of.lead.at(-1) ?? [1, 1]
  const written: string[] = []
  const sequences = new Map<string, number>()
  const broker = (nodeId: number): SendingBroker => ({
    nodeId,
    async produce(request) {
      const { topicData } = request as Produced
      if (of.late === nodeId && look === 0) await aTurn()
      const asked = topicData.flatMap(({ partitions }) => partitions)
      if (of.late !== nodeId && asked.some(({ partition }) => real()[partition] !== nodeId)) throw moved()
      // A repeat bears a sequence number that is there already, and is not written.
      const next = (partition: number) => written.filter(line => line.startsWith(`${partition} `)).length
      for (const { partition, firstSequence, messages } of asked)
        if (firstSequence >= next(partition)) written.push(...messages.map(({ value }) => `${partition} ${value}`))
      return { topics: [{ topicName: 'out', partitions: asked.map(({ partition }) => ({ partition })) }] }
    },
  })
  const all = new Map([1, 2].map(nodeId => [String(nodeId), broker(nodeId)]))
  const cluster: SendingCluster = {
    addMultipleTargetTopics: async () => {},
    async refreshMetadata() {
      look++
    },
    refreshMetadataIfNecessary: async () => {},
    findTopicPartitionMetadata: () => [{}, {}],
    findLeaderForPartitions(_topic, partitions) {
      const byLeader: Record<string, number[]> = {}
      for (const partition of partitions.map(Number)) {
        const leader = String(known()[partition])
        byLeader[leader] = [...(byLeader[leader] ?? []), partition]
      }
      return byLeader
    },
    async findBroker({ nodeId }) {
      const found = all.get(nodeId)
      if (!found) throw new Error(`there is no broker ${nodeId}`)
      return found
    },
    isConnected: () => true,
    connect: async () => {},
    removeBroker() {},
  }
  const locks = new Map<number, { queue: (() => void)[] }>()
  const parts: SendParts = {
    logger: { debug() {}, error() {} },
    cluster,
    partitioner: ({ message }) => message.partition ?? 0,
    eosManager: {
      isTransactional: () => true,
      getTransactionalId: () => 'id',
      getProducerId: () => 1,
      getProducerEpoch: () => 0,
      getSequence: (topic, partition) => sequences.get(`${topic} ${partition}`) ?? 0,
      updateSequence(topic, partition, by) {
        const key = `${topic} ${partition}`
        sequences.set(key, (sequences.get(key) ?? 0) + by)
      },
      async acquireBrokerLock({ nodeId }) {
        const held = locks.get(nodeId)
        if (!held) return void locks.set(nodeId, { queue: [] })
        await new Promise<void>(resolve => held.queue.push(resolve))
      },
      releaseBrokerLock({ nodeId }) {
        const next = locks.get(nodeId)?.queue.shift()
        if (next) next()
        else locks.delete(nodeId)
      },
      addPartitionsToTransaction: async () => {},
    },
    retrier: async work => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await work(() => {})
        } catch (error) {
          if (attempt > 5) throw error
        }
      }
    },
  }
  return { parts, written }
}

const request: SendRequest = {
  acks: -1,
  topicMessages: [
    {
      topic: 'out',
      messages: [0, 1].map(partition => ({ partition, value: `of ${partition}` })),
    },
  ],
}
const once = ['0 of 0', '1 of 1']

describe('a send to two brokers, one of which has lost its partition', () => {
  const moves: readonly [string, Parameters<typeof brokers>[0], readonly string[]][] = [
    [
      'to the broker that has answered for the other one',
      {
        lead: [
          [1, 2],
          [1, 1],
        ],
      },
      ['0 of 0'],
    ],
    [
      'while the other broker is still at work',
      {
        lead: [
          [1, 2],
          [1, 1],
        ],
        late: 1,
      },
      ['0 of 0', '0 of 0', '1 of 1'],
    ],
  ]
  it.each(moves)('writes each record once where it moved %s; kafkajs does not', async (_, of, wrong) => {
    const ours = brokers(of)
    expect(await sendByPartition(ours.parts)(request)).toHaveLength(2)
    expect(ours.written.toSorted()).toEqual(once)
    const theirs = brokers(of)
    await shipped(theirs.parts)(request)
    expect(theirs.written.toSorted()).toEqual(wrong)
  })

  it('writes each record once where the two partitions change places', async () => {
    const ours = brokers({
      lead: [
        [1, 2],
        [2, 1],
      ],
    })
    await sendByPartition(ours.parts)(request)
    expect(ours.written.toSorted()).toEqual(once)
  })

  it('tells of what cannot be tried again, whatever else has failed', async () => {
    const { parts } = brokers({ lead: [[1, 2]] })
    const fence = Object.assign(new Error('fenced'), { type: 'INVALID_PRODUCER_EPOCH', retriable: false })
    const failing = {
      ...parts,
      retrier: ((work: (bail: (error: unknown) => void) => unknown) =>
        new Promise((_, reject) => void Promise.resolve(work(reject)).catch(reject))) as SendParts['retrier'],
    }
    const cluster = {
      ...parts.cluster,
      findBroker: async ({ nodeId }: { readonly nodeId: string }): Promise<SendingBroker> => ({
        nodeId: Number(nodeId),
        produce: () => Promise.reject(nodeId === '1' ? moved() : fence),
      }),
    }
    await expect(sendByPartition({ ...failing, cluster })(request)).rejects.toBe(fence)
  })
})
