import { setTimeout as sleep } from 'node:timers/promises'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'

/**
 * Returns when the brokers know their coordinators. A broker that has just started makes the topic of the groups' offsets at the first
 * question, and until then answers COORDINATOR_NOT_AVAILABLE, with which not every test is patient.
 */
export async function coordinatorsAnswer(brokers: string): Promise<void> {
  const log = kafkaLog({ brokers: brokers.split(','), clientId: 'coordinators' })
  try {
    const topic = `coordinators.${process.pid}.${Date.now()}`
    await log.createTopics([{ name: topic, partitions: 1, config: {} }])
    const committed = Promise.withResolvers<void>()
    const membership = await log.join(
      { group: topic, inputs: [topic] },
      {
        open: async () => {},
        close: async () => {},
        async batch(task, records) {
          const offset = (records.at(-1)?.offset ?? 0) + 1
          await task.transact({ records: [], offsets: [{ topic, offset, metadata: '' }] })
          committed.resolve()
        },
      },
    )
    while (membership.owned().length === 0) await sleep(50)
    await log.append([{ topic, partition: 0, key: null, value: Buffer.from('x') }])
    await committed.promise
  } finally {
    await log.close()
  }
}
