import { codecFor } from '../../../runtime/codec.ts'
import { silent } from '../../../runtime/engine/observer.ts'
import { startService } from '../../../runtime/engine/running-service.ts'
import { topicsOf } from '../../../runtime/engine/stage-run.ts'
import { confluentRegistry } from '../../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { seededRandom } from '../../../runtime/memory/random.ts'
import { metricsOf } from '../../../runtime/observe/metrics.ts'
import { topicSpecs } from '../../../runtime/topic-specs.ts'
import { states, topics } from '../../../schemas/catalogue.ts'
import { caseBuilder } from '../../../services/case-builder/topology.ts'
import type { BenchContext, Item } from '../measure/item.ts'
import { fillTopic } from '../service/fill.ts'
import { sightingEntry } from './state-entries.ts'

const service = caseBuilder()
const used = [...topicsOf(service, [topics.dlq, topics.rulesets]).values()]
const day = 86_400_000

export const item: Item = {
  name: 'restore',
  what: 'case-builder takes over the compacted changelog of 1,000,000 sightings (about 300 B each with their keys): from its start to all tasks running, Avro decoded into its state',
  limitSeconds: 240,
  async prepare(context) {
    const { log, codec, prefix } = await open(context)
    // A group that has state has offsets: it works once, on nothing, before its changelog is written.
    const once = await startService(service, { log, codec, prefix, clock: Date.now, observer: silent })
    await once.drain()
    const random = seededRandom(1)
    const expiresAt = Date.now() + 90 * day
    await fillTopic(log, entriesOf(context), index => {
      const { key, entry } = sightingEntry(random, index, expiresAt)
      const value = codec.encode(states.caseBuilderFold, entry)
      const partition = index % context.partitions
      return { topic: prefix + states.caseBuilderFold.name, partition, key: Buffer.from(key), value }
    })
    await log.close()
  },
  async run(context) {
    const { log, codec, prefix } = await open(context)
    const metrics = metricsOf(service.name)
    const restored = Promise.withResolvers<void>()
    let entries = 0
    let tasks = 0
    const cpu = process.cpuUsage()
    const began = performance.now()
    const running = await startService(service, {
      ...{ log, codec, prefix, clock: Date.now },
      observer: {
        ...metrics.observer,
        say: () => undefined,
        restored(stage, partition, count, ms) {
          metrics.observer.restored(stage, partition, count, ms)
          entries += count
          tasks += 1
          if (tasks === context.partitions) restored.resolve()
        },
      },
    })
    await Promise.race([restored.promise, running.done])
    const seconds = (performance.now() - began) / 1000
    const { user, system } = process.cpuUsage(cpu)
    const memoryMb = process.memoryUsage().rss / 2 ** 20
    if (entries !== entriesOf(context)) throw new Error(`${entries} entries were restored of ${entriesOf(context)}`)
    await running.drain()
    await log.close()
    return { perSecond: entries / seconds, cpuMicros: (user + system) / entries, seconds, memoryMb }
  },
}

function entriesOf({ quick }: BenchContext): number {
  return quick ? 100_000 : 1_000_000
}

/** The changelog is of the whole benchmark: a restore only reads it. */
async function open({ brokers, registry, shared, partitions }: BenchContext) {
  const prefix = `${shared}restore.`
  const log = kafkaLog({ brokers, clientId: 'bench.restore' })
  await log.createTopics(topicSpecs(used, { prefix, partitions }))
  const schemas = { registry: confluentRegistry(registry, 'bench'), topics: used, prefix, clock: Date.now }
  return { log, prefix, codec: await codecFor({ ...schemas, schemas: 'register' }) }
}
