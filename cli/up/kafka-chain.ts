import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessNames } from '../../core/settings.ts'
import { type Found, findBrokers } from '../../infra/local/find.ts'
import { startKeeper } from '../../infra/local/keep.ts'
import { freePorts } from '../../infra/local/port.ts'
import { codecFor } from '../../runtime/codec.ts'
import { givenAs, readSettings } from '../../runtime/config/read-settings.ts'
import { confluentRegistry } from '../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import { kafkaAccess, registryAccess } from '../../runtime/kafka/security.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import { type Chain, type ChainConfig, type StartedName, startedNames } from './chain.ts'
import { freshSecrets } from './defaults.ts'
import { type ServiceProcess, serviceProcess } from './service-process.ts'

/**
 * Finds or starts brokers, creates topics and schemas, and starts the services as processes of their own. Whatever
 * dies, nothing is left behind: the processes hang on a keeper that ends with this one.
 */
export async function kafkaChain(config: ChainConfig, env: NodeJS.ProcessEnv): Promise<Chain> {
  const began = Date.now()
  readSettings(env, accessNames)
  const names = startedNames(env)
  let fetched = 0
  const found = await findBrokers(env, {
    log: line => {
      if (/^fetching/.test(line)) fetched = Date.now()
      config.progress(line)
    },
  })
  const downloadSeconds = fetched === 0 ? 0 : (Date.now() - fetched) / 1000
  const prefix = env.VIGIA_PREFIX ?? 'vigia.'
  const folder = mkdtempSync(join(tmpdir(), 'vigia-up-'))
  const keeper = startKeeper(folder)
  // Brokers that were started here want no login, whatever the environment says of others.
  const secured = found.how === 'environment' ? givenAs(env, accessNames) : {}
  const access = readSettings(secured, accessNames)
  const log = kafkaLog({ brokers: found.brokers.split(','), clientId: 'vigia-up', ...kafkaAccess(access) })
  const cleanUp = async () => {
    await log.close()
    await keeper.close()
    await found.stop()
  }
  try {
    await log.createTopics(
      topicSpecs(allTopics, { prefix, ...(config.partitions === undefined ? {} : { partitions: config.partitions }) }),
    )
    const codec = await codecFor({
      registry: confluentRegistry(found.registry, 'vigia-up', registryAccess(access)),
      topics: allTopics,
      prefix,
      clock: Date.now,
      schemas: 'register',
    })
    config.progress(`topics and schemas are there, with the prefix ${prefix}`)
    const { key, seal, env: secrets } = freshSecrets(env)
    const places = names.flatMap(name =>
      Array.from({ length: config.instances?.[name] ?? 1 }, (_, instance) => ({ name, instance })),
    )
    const [apiPort = 0, ...ports] = await freePorts(1 + places.length)
    const failure = Promise.withResolvers<never>()
    failure.promise.catch(() => undefined)
    const processes: { readonly name: StartedName; readonly instance: number; readonly process: ServiceProcess }[] = []
    for (const [index, { name, instance }] of places.entries()) {
      const settings = {
        ...common(found, prefix),
        ...byFile(folder, secured),
        ...config.env,
        ...(name === 'ingest' ? secrets : {}),
        ...(name === 'ingest' && instance === 0 ? { VIGIA_API_PORT: String(apiPort) } : {}),
      }
      const options = { keeper, folder, port: ports[index] ?? 0, env: settings, gaveUp: failure.reject }
      processes.push({ name, instance, process: await serviceProcess(name, options, instance) })
    }
    const all = processes.map(each => each.process)
    await Promise.race([Promise.all(all.map(each => each.ready())), failure.promise])
    return {
      ...{
        mode: 'kafka',
        say: found.say,
        brokers: found.brokers,
        registry: found.registry,
        prefix,
        log,
        codec,
        key,
        seal,
        downloadSeconds,
      },
      api: `http://127.0.0.1:${apiPort}`,
      metrics: Object.fromEntries(processes.toReversed().map(each => [each.name, each.process.health])),
      readySeconds: (Date.now() - began) / 1000 - downloadSeconds,
      failed: failure.promise,
      async kill(name, instance = 0) {
        await processes.find(each => each.name === name && each.instance === instance)?.process.kill()
      },
      async stop() {
        await Promise.allSettled(all.map(each => each.stop()))
        await cleanUp()
      },
    }
  } catch (error) {
    await cleanUp()
    throw error
  }
}

/** Each by a file that its owner alone reads: an environment file cannot hold every password, for want of an escape. */
function byFile(folder: string, given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const file = join(folder, name)
      writeFileSync(file, text, { mode: 0o600 })
      return [`${name}_FILE`, file]
    }),
  )
}

function common(found: Found, prefix: string): Record<string, string> {
  return {
    VIGIA_KAFKA_BROKERS: found.brokers,
    VIGIA_REGISTRY_URL: found.registry,
    VIGIA_PREFIX: prefix,
    // A service that was killed is replaced at once; its partitions wait this long for the brokers to notice.
    VIGIA_SESSION_TIMEOUT_MS: '6000',
  }
}
