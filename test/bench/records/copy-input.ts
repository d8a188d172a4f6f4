import { codecFor } from '../../../runtime/codec.ts'
import { confluentRegistry } from '../../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { topicSpecs } from '../../../runtime/topic-specs.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { BenchContext } from '../measure/item.ts'
import { alerts } from './alert.ts'

/** What all copy items read: the same records from the same topic, filled once. */
export const copyInput = (context: BenchContext): string => context.shared + topics.alerts.name

/** Small batches, as senders make them: about 60 kB for each partition. */
const perPartition = 100

/** Creates and fills the topic that the copy items read, if it is not there yet. */
export async function fillCopyInput(context: BenchContext): Promise<void> {
  const { brokers, registry, shared: prefix, partitions, records } = context
  const log = kafkaLog({ brokers, clientId: 'bench-feeder' })
  const made = await log.createTopics(topicSpecs([topics.alerts], { prefix, partitions }))
  if (made.length > 0) {
    const codec = await codecFor({
      registry: confluentRegistry(registry, 'bench-feeder'),
      topics: [topics.alerts],
      prefix,
      clock: Date.now,
      schemas: 'register',
    })
    const alertAt = alerts(partitions, event => codec.encode(topics.alerts, event))
    const topic = copyInput(context)
    for (let from = 0; from < records; from += partitions * perPartition) {
      const count = Math.min(partitions * perPartition, records - from)
      await log.append(Array.from({ length: count }, (_, i) => ({ topic, ...alertAt(from + i) })))
    }
  }
  await log.close()
}
