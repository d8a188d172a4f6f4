import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { type SettingName, type Settings, settings } from '../../core/settings.ts'
import { codecFor } from '../../runtime/codec.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { silent } from '../../runtime/engine/observer.ts'
import { type RunningService, startService } from '../../runtime/engine/running-service.ts'
import { confluentRegistry } from '../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import type { Log } from '../../runtime/log.ts'
import type { Service } from '../../runtime/stage.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { createKey } from '../../services/ingest/api/keys.ts'
import { buildIngest } from '../../services/ingest/build.ts'
import type { Source } from './evidence.ts'

/** ingest with its HTTP API, and case-builder, in this process, on the real brokers. */
export type Running = Source & { readonly api: string; readonly key: string; close(): Promise<void> }

/** `more`: settings beside those that it needs, or other ones. */
export async function startInProcess(more: Readonly<Record<string, string | undefined>> = {}): Promise<Running> {
  const prefix = `it.${randomUUID().slice(0, 8)}.`
  const brokers = inject('brokers').split(',')
  const { key, line } = createKey('a-test', 'default', 'admin')
  const given = {
    ...{ VIGIA_KAFKA_BROKERS: inject('brokers'), VIGIA_REGISTRY_URL: inject('registry'), VIGIA_PREFIX: prefix },
    ...{ VIGIA_API_PORT: '0', VIGIA_API_KEYS: line, VIGIA_SEAL_SECRET: 'a secret for this test' },
    ...more,
  }
  const logs: Log[] = []
  const connect = (clientId: string) => {
    const made = kafkaLog({ brokers, clientId })
    logs.push(made)
    return made
  }
  const log = connect('test')
  await log.createTopics(topicSpecs(allTopics, { prefix }))
  const registry = confluentRegistry(inject('registry'), 'test')
  const codec = await codecFor({ registry, topics: allTopics, prefix, clock: Date.now, schemas: 'register' })
  const services: RunningService[] = []
  const run = async (service: Service) => {
    const options = { log: connect(service.name), codec, prefix, clock: Date.now, observer: silent }
    services.push(await startService(service, options))
  }
  await run(buildIngest(readSettings(given, Object.keys(settings) as SettingName[]) as Settings, () => {}))
  await run(caseBuilder())
  return {
    ...{ log, codec, prefix, key, api: services[0]?.addresses['ingest.normalise'] ?? '' },
    async close() {
      await Promise.all(services.map(each => each.drain()))
      await Promise.all(logs.map(each => each.close()))
    },
  }
}
