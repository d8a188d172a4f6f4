import { isVigiaError, VigiaError } from '../../core/errors.ts'
import { type Containers, images, startContainers } from './containers.ts'
import { type LocalStackOptions, startLocalStack } from './stack.ts'

export type Found = {
  readonly how: 'environment' | 'containers' | 'java'
  readonly brokers: string
  readonly registry: string
  /** One sentence: which was taken, and why not what comes before it. */
  readonly say: string
  stop(): Promise<void>
}

type Log = (line: string) => void

/** The ways to have brokers, beside the settings. A sentence instead of addresses says why a way is closed. */
export type Ways = {
  containers(log: Log): Promise<Containers | string>
  /** Throws VIG_BROKER_ABSENT where something must be installed. */
  java(log: Log): Promise<Containers>
}

/**
 * Brokers and registry, from the first of: VIGIA_KAFKA_BROKERS with VIGIA_REGISTRY_URL; containers, where an engine answers
 * and the images can be had; local Java. Logs which one was taken.
 *
 * Throws VIG_CONFIG_INVALID where the two settings are incomplete or wrong, VIG_BROKER_ABSENT with what to install where no way
 * is open.
 */
export async function findBrokers(
  env: NodeJS.ProcessEnv = process.env,
  options: Omit<LocalStackOptions, 'env'> = {},
): Promise<Found> {
  return chooseBrokers(env, options.log ?? (() => {}), {
    containers: startContainers,
    java: () => startLocalStack({ ...options, env }),
  })
}

/** The order of `findBrokers`, with the ways given. */
export async function chooseBrokers(env: NodeJS.ProcessEnv, log: Log, ways: Ways): Promise<Found> {
  const tell = (found: Found): Found => {
    log(found.say)
    return found
  }
  const given = brokersIn(env)
  if (given) {
    const say = `using the brokers ${given.brokers} and the registry ${withoutSecret(given.registry)}, from the environment`
    return tell({ ...given, how: 'environment', say, stop: async () => {} })
  }
  const containers = await ways.containers(log)
  if (typeof containers !== 'string') {
    const say = `using ${images.kafka} at ${containers.brokers} and ${images.registry}, in containers`
    return tell({ ...addresses(containers), how: 'containers', say })
  }
  log(`no containers: ${containers}`)
  try {
    const java = await ways.java(log)
    return tell({ ...addresses(java), how: 'java', say: `using Kafka at ${java.brokers} on local Java: ${containers}` })
  } catch (error) {
    if (!isVigiaError(error, 'VIG_BROKER_ABSENT')) throw error
    throw new VigiaError(
      'VIG_BROKER_ABSENT',
      `no broker was found. Set VIGIA_KAFKA_BROKERS and VIGIA_REGISTRY_URL (neither is set), or run a container engine (${containers}), or mend local Java: ${error.message}`,
      {},
      { cause: error },
    )
  }
}

const addresses = ({ brokers, registry, stop }: Containers): Containers => ({ brokers, registry, stop })

/** The addresses in the settings, undefined where neither is set. Every problem is named at once. */
function brokersIn(env: NodeJS.ProcessEnv): { brokers: string; registry: string } | undefined {
  const brokers = env.VIGIA_KAFKA_BROKERS?.trim() ?? ''
  const registry = env.VIGIA_REGISTRY_URL?.trim() ?? ''
  if (!brokers && !registry) return undefined
  const problems: string[] = []
  if (!brokers) problems.push('VIGIA_KAFKA_BROKERS is missing beside VIGIA_REGISTRY_URL')
  else if (!brokers.split(',').every(broker => isAddress(broker.trim())))
    problems.push('VIGIA_KAFKA_BROKERS is no list of host:port, separated by commas')
  if (!registry) problems.push('VIGIA_REGISTRY_URL is missing beside VIGIA_KAFKA_BROKERS')
  else if (!/^https?:$/.test(URL.parse(registry)?.protocol ?? '')) problems.push('VIGIA_REGISTRY_URL is no http(s) URL')
  if (problems.length > 0) throw new VigiaError('VIG_CONFIG_INVALID', problems.join('; '))
  return { brokers, registry }
}

function withoutSecret(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

function isAddress(broker: string): boolean {
  const port = /^[^\s:/]+:(\d{1,5})$|^\[[\da-f:]+\]:(\d{1,5})$/i.exec(broker)
  return port !== null && Number(port[1] ?? port[2]) <= 65_535
}
