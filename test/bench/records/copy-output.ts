import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { Kafka, logLevel } from '../../../runtime/kafka/kafkajs.ts'
import type { BenchContext } from '../measure/item.ts'

const settings = { 'message.timestamp.type': 'LogAppendTime' }

/**
 * Lends a copy run its own output topic, and takes it away again: what earlier runs wrote must not fill the disk. Rejects where
 * the output does not hold exactly as many records as the input: a copy that loses or repeats is no copy.
 */
export async function withCopyOutput<T>(
  context: BenchContext,
  topic: string,
  run: () => Promise<T>,
  written: number = context.records,
): Promise<T> {
  const { brokers, partitions } = context
  const log = kafkaLog({ brokers, clientId: 'bench-output' })
  await log.createTopics([{ name: topic, partitions, config: settings }])
  try {
    const result = await run()
    let held = 0
    for await (const batch of log.read(topic, { from: 'beginning', until: 'end' })) held += batch.length
    if (held !== written) throw new Error(`${topic} holds ${held} records, not ${written}`)
    return result
  } finally {
    await log.close()
    await deleted(brokers, topic)
  }
}

async function deleted(brokers: readonly string[], topic: string): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], clientId: 'bench-output', logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic] }).finally(() => admin.disconnect())
}
