import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { VigiaError } from '../../core/errors.ts'
import type { CommittedOffset, Log, OutRecord } from '../log.ts'
import { clusterOf, kafkaClient } from './client.ts'
import { isRefused, isUnknownTopic, topicMisfit, unavailable } from './failure.ts'
import { ConfigResourceTypes } from './kafkajs.ts'
import { fetchOffsets } from './offset-fetch.ts'
import type { Settings } from './options.ts'
import { BATCH_LIMIT, batchBytes } from './size.ts'
import { readMark } from './state-mark.ts'

/** A topic that was made a moment ago is not known to every broker yet. */
const KNOWN_WITHIN_MS = 3_000
/** The whole catalogue, on a broker that has much to do: it makes hundreds of partitions before it tells of them. */
const MADE_WITHIN_MS = 15_000

export type Topics = Pick<Log, 'bounds' | 'committed' | 'createTopics' | 'describeTopics' | 'close'> & {
  /** Of one partition, when every transaction before has come to its end; the metadata as the broker keeps it. */
  committedForGood(group: string, topic: string, partition: number): Promise<CommittedOffset | undefined>
  /** Of all partitions, likewise. */
  allForGood(group: string, topic: string): Promise<ReadonlyMap<number, CommittedOffset>>
  /** Rejects with `VIG_TOPIC_MISFIT` where a topic is missing or the numbers differ. */
  commonPartitions(topics: readonly string[]): Promise<number>
  /** Throws `VIG_VALUE_TOO_LARGE` for a record that its topic would refuse; answers how large a batch may be. */
  checkSizes(records: readonly OutRecord[]): Promise<(topic: string) => number>
  /** The size limits may have changed: they are asked for again. */
  forgetSizes(): void
}

export function kafkaTopics(settings: Settings): Topics {
  const kafka = kafkaClient(settings, 'admin')
  const admin = kafka.admin()
  const cluster = clusterOf(kafka)
  const limits = new Map<string, Promise<number>>()
  let connected: Promise<unknown> | undefined

  async function ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    connected ??= Promise.all([admin.connect(), cluster.connect()])
    const deadline = Date.now() + KNOWN_WITHIN_MS
    for (;;) {
      try {
        await connected
        return await question()
      } catch (error) {
        if (error instanceof VigiaError) throw error
        if (isRefused(error)) throw unavailable(what, error)
        // After a lost connection the client connects again by itself, but only once it has been told of it.
        connected = Promise.all([admin.connect(), cluster.connect()])
        connected.catch(() => {})
        if (Date.now() < deadline) await sleep(100)
        else throw unavailable(what, error)
      }
    }
  }

  const partitionsOf = (topic: string): Promise<number[]> =>
    ask(`the partitions of ${topic}`, async () => {
      const deadline = Date.now() + KNOWN_WITHIN_MS
      for (;;) {
        try {
          await cluster.addTargetTopic(topic)
          const found = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)
          if (found.length > 0) return found.sort((a, b) => a - b)
          await cluster.refreshMetadata()
        } catch (error) {
          if (!isUnknownTopic(error)) throw error
        }
        if (Date.now() > deadline) throw topicMisfit(`there is no topic ${topic}`, topic)
        await sleep(100)
      }
    })

  const limitOf = (topic: string): Promise<number> => {
    const known = limits.get(topic)
    if (known) return known
    const asked = describe(admin, [topic]).then(found => Number(found.get(topic)?.['max.message.bytes'] ?? Infinity))
    limits.set(topic, asked)
    asked.catch(() => limits.delete(topic))
    return asked
  }

  return {
    async bounds(topic) {
      const partitions = (await partitionsOf(topic)).map(partition => ({ partition }))
      return ask(`the bounds of ${topic}`, async () => {
        await cluster.refreshMetadataIfNecessary()
        try {
          const [[low], [high]] = await Promise.all([
            cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: true }]),
            cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: false }]),
          ])
          const ends = new Map(high?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
          return (low?.partitions ?? [])
            .map(({ partition, offset }) => ({ partition, start: Number(offset), end: ends.get(partition) ?? 0 }))
            .sort((a, b) => a.partition - b.partition)
        } catch (error) {
          await cluster.refreshMetadata()
          throw error
        }
      })
    },

    async committed(group, topic) {
      const partitions = await partitionsOf(topic)
      const found = await ask(`the offsets of ${group}`, () => fetchOffsets(cluster, group, topic, partitions))
      return new Map(
        [...found].map(([partition, held]) => [partition, { ...held, metadata: readMark(held.metadata).metadata }]),
      )
    },

    committedForGood: (group, topic, partition) =>
      ask(`the offsets of ${group}`, async () =>
        (await fetchOffsets(cluster, group, topic, [partition], true)).get(partition),
      ),

    async allForGood(group, topic) {
      const partitions = await partitionsOf(topic)
      return ask(`the offsets of ${group}`, () => fetchOffsets(cluster, group, topic, partitions, true))
    },

    async createTopics(topics) {
      const created = await ask('the creation of topics', async () => {
        const there = new Set(await admin.listTopics())
        const missing = topics.filter(({ name }) => !there.has(name))
        const made = await Promise.all(
          missing.map(async ({ name, partitions, replicas = -1, config }) => {
            const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }))
            const topic = { topic: name, numPartitions: partitions, replicationFactor: replicas, configEntries }
            // kafkajs would wait for leaders, but takes a broker that has not heard of the topic yet for a failure.
            return (await admin.createTopics({ topics: [topic], waitForLeaders: false })) ? [name] : []
          }),
        )
        return made.flat()
      })
      if (created.length > 0) await ask('the new topics', () => untilKnown(admin, created))
      return created
    },

    describeTopics: names =>
      ask('the description of topics', async () => {
        const there = new Set(await admin.listTopics())
        const known = names.filter(name => there.has(name))
        if (known.length === 0) return new Map()
        const [{ topics }, configs] = await Promise.all([
          admin.fetchTopicMetadata({ topics: known }),
          describe(admin, known),
        ])
        return new Map(
          topics.map(({ name, partitions }) => [
            name,
            { partitions: partitions.length, config: configs.get(name) ?? {} },
          ]),
        )
      }),

    async commonPartitions(topics) {
      const counts = await Promise.all(topics.map(async topic => (await partitionsOf(topic)).length))
      const [count] = counts
      if (count === undefined)
        throw new VigiaError('VIG_TOPIC_MISFIT', 'a group needs an input, or a topic to elect by')
      if (counts.every(other => other === count)) return count
      const told = topics.map((topic, index) => `${topic} ${counts[index]}`).join(', ')
      throw new VigiaError('VIG_TOPIC_MISFIT', `topics of one group differ in their partitions: ${told}`)
    },

    async checkSizes(records) {
      const names = [...new Set(records.map(({ topic }) => topic))]
      const sizes = await ask('the size limits', async () => new Map(await Promise.all(names.map(limitEntry))))
      for (const record of records) {
        const limit = sizes.get(record.topic) ?? Infinity
        const size = batchBytes(record)
        if (size <= limit) continue
        const { topic, partition } = record
        const message = `a record of ${size} bytes for ${topic}/${partition}, which takes ${limit}`
        throw new VigiaError('VIG_VALUE_TOO_LARGE', message, { topic, partition, size, limit })
      }
      return topic => Math.min(BATCH_LIMIT, sizes.get(topic) ?? BATCH_LIMIT)
    },

    forgetSizes: () => limits.clear(),

    async close() {
      await Promise.allSettled([admin.disconnect(), cluster.disconnect()])
    },
  }

  async function limitEntry(topic: string): Promise<[string, number]> {
    return [topic, await limitOf(topic)]
  }
}

async function untilKnown(admin: Admin, topics: readonly string[]): Promise<void> {
  const deadline = Date.now() + MADE_WITHIN_MS
  for (;;) {
    try {
      await admin.fetchTopicMetadata({ topics: [...topics] })
      return
    } catch (error) {
      if (!isUnknownTopic(error) || Date.now() > deadline) throw error
      await sleep(100)
    }
  }
}

async function describe(admin: Admin, names: readonly string[]): Promise<Map<string, Record<string, string>>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map(name => ({ type: ConfigResourceTypes.TOPIC, name })),
  })
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue ?? ''])),
    ]),
  )
}
