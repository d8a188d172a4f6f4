import { type Codec, codecFor } from '../../../runtime/codec.ts'
import { emission } from '../../../runtime/decision.ts'
import { startService } from '../../../runtime/engine/running-service.ts'
import { confluentRegistry } from '../../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { metricsOf } from '../../../runtime/observe/metrics.ts'
import { leastMsBetween } from '../../../runtime/run.ts'
import { type Service, service, stage } from '../../../runtime/stage.ts'
import { topicSpecs } from '../../../runtime/topic-specs.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { AlertRecord } from '../../../schemas/generated/types.ts'
import type { Topic } from '../../../schemas/topic.ts'
import type { BenchContext, Figures, Item } from '../measure/item.ts'
import { meter } from '../measure/meter.ts'
import { fillCopyInput } from '../records/copy-input.ts'
import { withCopyOutput } from '../records/copy-output.ts'

export const item: Item = {
  name: 'identity',
  what: 'the engine as every service runs it, with the decision to write each input on: Avro, ids, envelope, metrics',
  prepare: fillCopyInput,
  async run(context) {
    const output: Topic<AlertRecord> = { ...topics.alerts, name: `identity-${context.repetition}` }
    return withCopyOutput(context, context.shared + output.name, () => runIdentity(context, output))
  },
}

/** A group of its own for each repetition, so that each reads from the start. */
function identity(context: BenchContext, output: Topic<AlertRecord>): Service {
  return service(`identity-${context.repetition}`, {
    copy: stage({
      reads: { alert: topics.alerts },
      writes: [output],
      on: {
        alert: (_state, event) => ({
          writes: [emission<AlertRecord>(output, `${event.domain}#${event.id}`, { ...event, causeId: event.id })],
          remembers: [],
        }),
      },
    }),
  })
}

async function runIdentity(context: BenchContext, output: Topic<AlertRecord>): Promise<Figures> {
  const { brokers, registry, shared: prefix, partitions, records } = context
  const metrics = metricsOf('identity')
  const log = kafkaLog({ brokers, clientId: 'bench-identity', onEvent: metrics.kafka })
  await log.createTopics(topicSpecs([topics.dlq, topics.rulesets], { prefix, partitions }))
  const codec = await codecFor({
    registry: confluentRegistry(registry, 'bench-identity'),
    topics: [topics.alerts, topics.dlq, topics.rulesets],
    prefix,
    clock: Date.now,
    schemas: 'register',
  })
  const measured = meter(records)
  const running = await startService(identity(context, output), {
    log,
    codec: alsoFor(output, codec),
    prefix,
    clock: Date.now,
    leastMsBetween,
    observer: {
      ...metrics.observer,
      say: (level, message) => level !== 'info' && console.error(message),
      committed(stageName, inputs, outputs, ms) {
        metrics.observer.committed(stageName, inputs, outputs, ms)
        measured.add(inputs)
      },
    },
  })
  try {
    return await Promise.race([measured.done, running.done.then(() => measured.done)])
  } finally {
    await running.drain()
    await log.close()
  }
}

/** The output is not in the catalogue: its values are those of the input, under the same schema. */
function alsoFor(output: Topic, codec: Codec): Codec {
  return { ...codec, encode: (topic, value) => codec.encode(topic === output ? topics.alerts : topic, value) }
}
