import { readAll } from '../../cli/ledger/read-ledger.ts'
import { type Codec, codecFor } from '../../runtime/codec.ts'
import { type Observer, silent } from '../../runtime/engine/observer.ts'
import { type RunningService, startService } from '../../runtime/engine/running-service.ts'
import type { Log } from '../../runtime/log.ts'
import { type MemoryCluster, memoryCluster } from '../../runtime/memory/cluster.ts'
import { memoryLog } from '../../runtime/memory/memory-log.ts'
import { memoryRegistry } from '../../runtime/memory/registry.ts'
import { partitionFor } from '../../runtime/partitioning.ts'
import type { Service } from '../../runtime/stage.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'

/** The whole chain in one process on the memory twin, with a clock that the test sets and a seed that it prints. */
export type Chain = {
  readonly cluster: MemoryCluster
  readonly log: Log
  readonly codec: Codec
  readonly prefix: string
  /** Sets the clock; epoch ms. */
  at(time: number): void
  start(service: Service, clientId?: string): Promise<RunningService>
  /** Puts bytes on `alerts.raw`, spread over its partitions. */
  send(...values: readonly (string | Buffer | object)[]): Promise<void>
  /** Puts an encoded value where its key leads to (or where `partition` says). */
  put(topic: Topic, key: string, value: Buffer | null, partition?: number): Promise<void>
  settled(): Promise<void>
  all<Value>(topic: Topic<Value>): Promise<Value[]>
}

export type ChainOptions = {
  readonly seed?: number
  readonly partitions?: number
  readonly observer?: Observer
  readonly topics?: readonly Topic[]
}

export async function embeddedChain({
  seed = 1,
  partitions = 3,
  observer = silent,
  topics = allTopics,
}: ChainOptions = {}): Promise<Chain> {
  let now = Date.parse('2026-11-20T10:00:00Z')
  const prefix = 't.'
  const cluster = memoryCluster({ seed, clock: () => now })
  const log = memoryLog(cluster, { clientId: 'test' })
  await log.createTopics(topicSpecs(topics, { prefix, partitions }))
  const codec = await codecFor({ registry: memoryRegistry(), topics, prefix, clock: () => now, schemas: 'register' })
  let next = 0
  return {
    cluster,
    log,
    codec,
    prefix,
    at(time) {
      now = time
    },
    start(service, clientId = `${service.name}-1`) {
      return startService(service, { log: memoryLog(cluster, { clientId }), codec, prefix, clock: () => now, observer })
    },
    async send(...values) {
      for (const value of values) {
        const bytes = Buffer.isBuffer(value)
          ? value
          : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
        next = (next + 1) % partitions
        await log.append([{ topic: `${prefix}alerts.raw`, partition: next, key: null, value: bytes }])
      }
    },
    async put(topic, key, value, partition) {
      const place = partition ?? partitionFor(topic, key, partitions, 0)
      await log.append([{ topic: prefix + topic.name, partition: place, key: Buffer.from(key), value }])
    },
    settled: () => cluster.settled(),
    all: async topic => (await readAll(log, codec, prefix, topic)).map(each => each.value),
  }
}
