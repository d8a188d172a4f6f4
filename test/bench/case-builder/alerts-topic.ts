import { codecFor } from '../../../runtime/codec.ts'
import { confluentRegistry } from '../../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { partitionFor } from '../../../runtime/partitioning.ts'
import { topicSpecs } from '../../../runtime/topic-specs.ts'
import { topics } from '../../../schemas/catalogue.ts'
import { alertEvents, encoded } from '../alerts/alert-events.ts'
import type { BenchContext } from '../measure/item.ts'
import { fillTopic } from '../service/fill.ts'
import type { Filling } from '../service/metered-service.ts'

/**
 * Writes `count` alert events of `tenants` domains to a topic `<shared><name>.alerts`, once for all repetitions: making them
 * is ingest's work, and must not warm up the process that folds them.
 */
export async function prepareAlerts(context: BenchContext, name: string, tenants: number, count: number) {
  const { brokers, registry, shared, partitions } = context
  const prefix = `${shared}${name}.`
  const log = kafkaLog({ brokers, clientId: 'bench.prepare' })
  await log.createTopics(topicSpecs([topics.alerts], { prefix, partitions }))
  const codec = await codecFor({
    registry: confluentRegistry(registry, 'bench'),
    topics: [topics.alerts],
    prefix,
    clock: Date.now,
    schemas: 'register',
  })
  const next = alertEvents({ seed: 200, tenants })
  await fillTopic(log, count, () => {
    const made = next()
    const partition = partitionFor(topics.alerts, made.key, partitions, 0)
    return { topic: prefix + topics.alerts.name, partition, ...encoded(codec, made) }
  })
  await log.close()
}

/** Copies what was prepared to the `alerts` of this repetition, byte for byte but for the schema's id. */
export async function copyAlerts(context: BenchContext, name: string, { log, codec }: Filling): Promise<void> {
  const id = codec.encode(topics.alerts, alertEvents({ seed: 1, tenants: 1 })().event).subarray(1, 5)
  const topic = context.prefix + topics.alerts.name
  for await (const records of log.read(`${context.shared}${name}.${topics.alerts.name}`, {
    from: 'beginning',
    until: 'end',
  })) {
    const copies = records.map(({ partition, key, value }) => {
      if (value !== null) id.copy(value, 1)
      return { topic, partition, key, value }
    })
    await log.append(copies)
  }
}
