import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import type { GroupSpec } from '../log.ts'
import { isLoss, isRefused, offsetsLost, unavailable } from './failure.ts'
import type { Settings } from './options.ts'
import { markedTopics } from './state-mark.ts'
import { fencedProducer } from './takeover.ts'
import type { Topics } from './topics.ts'

/** Members that start at once fence one another; the last one finds what the first has done. */
const ATTEMPTS = 20

/**
 * The first member of a new group commits the start of the log for every partition of every input (of the state topic, where there is no
 * input), all in one transaction, so that from then on a missing offset means a lost one. The transactional id `<group>.start` keeps two members that begin at once
 * apart.
 *
 * Throws `VIG_OFFSETS_LOST` where the group has no offset at all but its state or one of its outputs was written to.
 */
export async function beginGroup(settings: Settings, kafka: Kafka, topics: Topics, spec: GroupSpec): Promise<void> {
  const { group } = spec
  const marked = markedTopics(spec.inputs, spec.state)
  if (marked.length === 0 || (await hasOffsets(marked, topic => topics.committed(group, topic)))) return
  let reason: unknown
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      return await commitStarts(settings, kafka, topics, spec, marked)
    } catch (error) {
      reason = error
      if (isLoss(error)) throw error
      if (isRefused(error)) break
      await sleep(Math.random() * 20 * (attempt + 1))
    }
  }
  throw unavailable(`beginning the group ${group}`, reason)
}

async function commitStarts(
  settings: Settings,
  kafka: Kafka,
  topics: Topics,
  { group, state, outputs = [] }: GroupSpec,
  marked: readonly string[],
): Promise<void> {
  const producer = await fencedProducer(kafka, `${group}.start`, settings.transactionTimeoutMs)
  try {
    // Again, behind the fence: another member may have begun the group meanwhile.
    if (await hasOffsets(marked, topic => topics.allForGood(group, topic))) return
    for (const topic of state === undefined ? outputs : [state, ...outputs]) {
      if (!(await topics.bounds(topic)).some(({ end }) => end > 0)) continue
      throw offsetsLost(`${group} has written to ${topic}, but has no committed offset`, { group, topic })
    }
    const starts = await Promise.all(
      marked.map(async topic => ({
        topic,
        partitions: (await topics.bounds(topic)).map(({ partition, start }) => ({ partition, offset: String(start) })),
      })),
    )
    const transaction = await producer.transaction()
    try {
      await transaction.sendOffsets({ consumerGroupId: group, topics: starts })
      await transaction.commit()
    } catch (error) {
      if (transaction.isActive()) await transaction.abort().catch(() => {})
      throw error
    }
  } finally {
    await producer.disconnect().catch(() => {})
  }
}

async function hasOffsets(
  among: readonly string[],
  committed: (topic: string) => Promise<ReadonlyMap<number, unknown>>,
): Promise<boolean> {
  for (const topic of among) if ((await committed(topic)).size > 0) return true
  return false
}
