import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { kafkaClient } from './client.ts'
import { type KafkaOptions, settingsFrom } from './options.ts'

/** What operators do by mistake, and time by itself: for tests of what happens then. */

/** Deletes a topic and creates it again, with as many partitions and the broker's default settings. */
export function recreateTopic(options: KafkaOptions, topic: string): Promise<void> {
  return asAdmin(options, async admin => {
    const [found] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics
    await admin.deleteTopics({ topics: [topic] })
    const again = { topic, numPartitions: found?.partitions.length ?? 1, replicationFactor: -1 }
    while (!(await admin.createTopics({ topics: [again], waitForLeaders: false }))) await sleep(50)
    // It is there when its leaders answer.
    const isThere = () =>
      admin.fetchTopicOffsets(topic).then(
        () => true,
        () => false,
      )
    while (!(await isThere())) await sleep(50)
  })
}

/** Deletes a group that has no members, and its offsets with it. */
export function forgetGroup(options: KafkaOptions, group: string): Promise<void> {
  return asAdmin(options, async admin => {
    await admin.deleteGroups([group])
  })
}

async function asAdmin(options: KafkaOptions, work: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = kafkaClient(settingsFrom(options), 'admin').admin()
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.disconnect()
  }
}
