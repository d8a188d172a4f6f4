import { type SettingName, type Settings, settings } from '../../core/settings.ts'
import { freePorts } from '../../infra/local/port.ts'
import { codecFor } from '../../runtime/codec.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { silent } from '../../runtime/engine/observer.ts'
import { type RunningService, startService } from '../../runtime/engine/running-service.ts'
import { memoryCluster } from '../../runtime/memory/cluster.ts'
import { memoryLog } from '../../runtime/memory/memory-log.ts'
import { memoryRegistry } from '../../runtime/memory/registry.ts'
import type { Service } from '../../runtime/stage.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import { buildDispatcher } from '../../services/analyzer-dispatcher/build.ts'
import { buildCaseBuilder } from '../../services/case-builder/build.ts'
import { buildIngest } from '../../services/ingest/build.ts'
import { mirror } from '../../services/mirror/topology.ts'
import { buildMispSync } from '../../services/misp-sync/build.ts'
import { buildResponder } from '../../services/responder/build.ts'
import { type Chain, type ChainConfig, type StartedName, startedNames } from './chain.ts'
import { freshSecrets } from './defaults.ts'

/** The same services in this process, on the log's twin: for a machine without Kafka. Other processes cannot read it. */
export async function embeddedChain(config: ChainConfig, env: NodeJS.ProcessEnv): Promise<Chain> {
  const began = Date.now()
  const { key, seal, env: secrets } = freshSecrets(env)
  const [freePort = 0] = await freePorts(1)
  const apiPort = env.VIGIA_API_PORT ?? freePort
  const prefix = 'vigia.'
  const given = {
    VIGIA_KAFKA_BROKERS: 'embedded',
    VIGIA_REGISTRY_URL: 'http://embedded',
    ...config.env,
    ...secrets,
    VIGIA_API_PORT: String(apiPort),
  }
  const read = readSettings(given, Object.keys(settings) as SettingName[]) as Settings
  const cluster = memoryCluster({ seed: 1 })
  const log = memoryLog(cluster, { clientId: 'up' })
  await log.createTopics(
    topicSpecs(allTopics, { prefix, ...(config.partitions === undefined ? {} : { partitions: config.partitions }) }),
  )
  const codec = await codecFor({
    registry: memoryRegistry(),
    topics: allTopics,
    prefix,
    clock: Date.now,
    schemas: 'register',
  })
  const running = new Map<StartedName, RunningService>()
  let starts = 0
  const clients = new Map<StartedName, string>()
  const start = async (name: StartedName) => {
    starts += 1
    const clientId = `${name}-${starts}`
    clients.set(name, clientId)
    const definition = await build(name, read, env)
    running.set(
      name,
      await startService(definition, {
        log: memoryLog(cluster, { clientId }),
        codec,
        prefix,
        clock: Date.now,
        observer: silent,
      }),
    )
  }
  for (const name of startedNames(env)) await start(name)
  const failed = Promise.race([...running.values()].map(each => each.done)).then(
    () => new Promise<never>(() => undefined),
  )
  failed.catch(() => undefined)
  return {
    ...{
      mode: 'embedded',
      say: 'embedded: no broker, everything in this process',
      brokers: 'embedded',
      registry: 'embedded',
      prefix,
      key,
      seal,
      log,
      codec,
    },
    api: `http://127.0.0.1:${apiPort}`,
    metrics: {},
    downloadSeconds: 0,
    readySeconds: (Date.now() - began) / 1000,
    failed,
    async kill(name) {
      // The API lives in ingest: a port cannot be killed within a process.
      if (name === 'ingest') return
      cluster.kill(clients.get(name) ?? '')
      await start(name)
    },
    async stop() {
      await Promise.allSettled([...running.values()].map(each => each.drain()))
      await log.close()
    },
  }
}

function build(name: StartedName, read: Settings, env: NodeJS.ProcessEnv): Service | Promise<Service> {
  const say = () => undefined
  if (name === 'ingest') return buildIngest(read, say)
  if (name === 'case-builder') return buildCaseBuilder(read)
  if (name === 'analyzer-dispatcher') return buildDispatcher(read, say, env)
  if (name === 'misp-sync') return buildMispSync(read, say, env)
  if (name === 'responder') return buildResponder(read, say, env)
  return mirror()
}
