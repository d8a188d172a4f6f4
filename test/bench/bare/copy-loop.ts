import { chunks } from '../../../runtime/kafka/batch.ts'
import { transactionRetry } from '../../../runtime/kafka/fixes/transaction-patience.ts'
import { Kafka, logLevel } from '../../../runtime/kafka/kafkajs.ts'
import type { BenchContext, Figures } from '../measure/item.ts'
import { meter } from '../measure/meter.ts'

export type Copy = {
  readonly from: string
  readonly to: string
  readonly group: string
  /** What becomes of a value on its way. */
  readonly pass: (value: Buffer) => Buffer
}

type Client = InstanceType<typeof Kafka>

const retry = { retries: 60, initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500 }

/**
 * kafkajs and nothing more, with the fixes that Vigía carries for it and the set-up that was measured to be its fastest:
 * a producer for each partition, all partitions at once, one transaction for each fetched batch of at most 900 kB, which
 * holds the records (1:1, to the same partition number) and the offset behind them. What the engine does beside that (take-over,
 * decisions, state, dead letters) is not here: this is the ceiling that it is held against.
 */
export async function copyLoop(context: BenchContext, { from, to, group, pass }: Copy): Promise<Figures> {
  const client = (clientId: string) =>
    new Kafka({ brokers: [...context.brokers], clientId, retry, connectionTimeout: 5000, logLevel: logLevel.NOTHING })
  const producers = await Promise.all(
    Array.from({ length: context.partitions }, (_, partition) =>
      connected(client('bench-out'), `${group}.${partition}`),
    ),
  )
  const consumer = client('bench-in').consumer({
    groupId: group,
    maxWaitTimeInMs: 200,
    sessionTimeout: 30_000,
    allowAutoTopicCreation: false,
  })
  const measured = meter(context.records)
  await consumer.connect()
  await consumer.subscribe({ topics: [from], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: context.partitions,
    async eachBatch({ batch: { partition, messages }, resolveOffset, heartbeat }) {
      const producer = producers[partition]
      if (producer === undefined) throw new Error(`no producer for partition ${partition}`)
      for (const part of chunks(messages)) {
        const last = part.at(-1)?.offset ?? ''
        const transaction = await producer.transaction()
        await transaction.send({
          topic: to,
          messages: part.map(({ key, value }) => ({ partition, key, value: value && pass(value) })),
        })
        await transaction.sendOffsets({
          consumerGroupId: group,
          topics: [{ topic: from, partitions: [{ partition, offset: String(BigInt(last) + 1n) }] }],
        })
        await transaction.commit()
        measured.add(part.length)
        resolveOffset(last)
        await heartbeat()
      }
    },
  })
  try {
    return await measured.done
  } finally {
    await consumer.disconnect()
    await Promise.all(producers.map(producer => producer.disconnect()))
  }
}

async function connected(kafka: Client, transactionalId: string): Promise<ReturnType<Client['producer']>> {
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: 15_000,
    allowAutoTopicCreation: false,
    retry: transactionRetry,
  })
  await producer.connect()
  return producer
}
