import { type Codec, codecFor } from '../../../runtime/codec.ts'
import { startService } from '../../../runtime/engine/running-service.ts'
import { topicsOf } from '../../../runtime/engine/stage-run.ts'
import { confluentRegistry } from '../../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import type { Log } from '../../../runtime/log.ts'
import { metricsOf } from '../../../runtime/observe/metrics.ts'
import { leastMsBetween } from '../../../runtime/run.ts'
import type { Service } from '../../../runtime/stage.ts'
import { topicSpecs } from '../../../runtime/topic-specs.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { BenchContext, Figures } from '../measure/item.ts'
import { meter } from '../measure/meter.ts'

export type Filling = { readonly log: Log; readonly codec: Codec }

/**
 * Runs a real service in this process on topics of its own, as `runtime/run.ts` does, metrics included: `fill` writes `total`
 * inputs first; what is measured is the second half of working them off, counted by committed transactions.
 */
export async function meteredService(
  context: BenchContext,
  service: Service,
  total: number,
  fill: (into: Filling) => Promise<void>,
): Promise<Figures> {
  const { brokers, registry, prefix, partitions } = context
  const metrics = metricsOf(service.name)
  const log = kafkaLog({ brokers, clientId: `bench.${service.name}`, onEvent: metrics.kafka })
  const used = [...topicsOf(service, [topics.dlq, topics.rulesets]).values()]
  await log.createTopics(topicSpecs(used, { prefix, partitions }))
  const codec = await codecFor({
    registry: confluentRegistry(registry, 'bench'),
    topics: used,
    prefix,
    clock: Date.now,
    schemas: 'register',
  })
  await fill({ log, codec })
  const metered = meter(total)
  const running = await startService(service, {
    ...{ log, codec, prefix, clock: Date.now, leastMsBetween },
    observer: {
      ...metrics.observer,
      committed(stage, inputs, outputs, ms) {
        metrics.observer.committed(stage, inputs, outputs, ms)
        metered.add(inputs)
      },
      say(level, message) {
        if (level !== 'info') console.error(`${service.name}: ${message}`)
      },
    },
  })
  const figures = await Promise.race([metered.done, running.done.then(() => ({}))])
  await running.drain()
  await log.close()
  return figures
}
