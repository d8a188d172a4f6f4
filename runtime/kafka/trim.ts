import { kafkaClient } from './client.ts'
import { type KafkaOptions, settingsFrom } from './options.ts'

/** Deletes what lies before `offset`, as retention would: for tests of what happens then. */
export async function trimLog(options: KafkaOptions, topic: string, partition: number, offset: number): Promise<void> {
  const admin = kafkaClient(settingsFrom(options), 'admin').admin()
  await admin.connect()
  try {
    // Makes the topic known to the client, which asks for the leader before it has any metadata.
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] })
  } finally {
    await admin.disconnect()
  }
}
