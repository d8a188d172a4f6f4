import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ServiceName, serviceNames } from '../../../cli/up/chain.ts'
import type { Keeper } from '../../../infra/local/keep.ts'
import { freePorts } from '../../../infra/local/port.ts'
import type { Way } from '../run/cluster.ts'
import { type OwnExit, type ServiceInstance, serviceInstance } from './process.ts'
import type { ServiceSettings } from './settings.ts'

/** All instances of the five services. */
export type Fleet = {
  readonly instances: () => readonly ServiceInstance[]
  /** Where the HTTP API answers while its instance lives. */
  readonly api: string
  /** The way that an instance takes to the brokers; undefined: around the proxies. */
  wayOf(instance: ServiceInstance): Way | undefined
  /** An instance more, which the caller retires. */
  add(service: ServiceName): Promise<ServiceInstance>
  retire(instance: ServiceInstance): Promise<void>
  /** SIGTERM to all of them. */
  stop(): Promise<void>
  /** Resolves when every instance is ready; throws naming those that are not. */
  ready(withinMs: number, signal?: AbortSignal): Promise<void>
}

export type FleetOptions = {
  readonly keeper: Keeper
  readonly folder: string
  readonly brokers: string
  readonly ways: readonly Way[]
  readonly registry: string
  readonly prefix: string
  readonly settings: ServiceSettings
  readonly onOwnExit: (exit: OwnExit) => void
}

/** A frozen or killed process is given up after this long, so that takeovers are many. */
export const sessionTimeoutMs = 4000

/** Those that hold state or read what comes from outside have a rival, so that there is somebody to take over at once. */
const counts: Readonly<Record<ServiceName, number>> = {
  ...{ ingest: 2, 'case-builder': 2, 'analyzer-dispatcher': 1, 'misp-sync': 1, responder: 2 },
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { keeper, folder, ways, settings } = options
  const taken = new Map<string, Way>()
  const numbers = new Map<ServiceName, number>()
  let instances: readonly ServiceInstance[] = []
  const [apiPort = 0] = await freePorts(1)

  async function add(service: ServiceName, way?: Way): Promise<ServiceInstance> {
    const number = numbers.get(service) ?? 0
    numbers.set(service, number + 1)
    const [port = 0] = await freePorts(1)
    const temporary = join(folder, 'jobs', `${service}-${number}`)
    mkdirSync(temporary, { recursive: true })
    const { VIGIA_API_KEYS: keys, ...own } = settings.of(service)
    const env = {
      VIGIA_KAFKA_BROKERS: way?.brokers ?? options.brokers,
      VIGIA_REGISTRY_URL: options.registry,
      VIGIA_PREFIX: options.prefix,
      VIGIA_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
      VIGIA_CLIENT_ID: `${service}-${number}`,
      TMPDIR: temporary,
      ...own,
      // The API is the first one's.
      ...(keys === undefined || number > 0 ? {} : { VIGIA_API_KEYS: keys, VIGIA_API_PORT: String(apiPort) }),
    }
    const { onOwnExit } = options
    const made = await serviceInstance(service, number, { keeper, folder, port, env, onOwnExit })
    if (way !== undefined) taken.set(made.name, way)
    instances = [...instances, made]
    return made
  }

  // Every second instance goes through proxies, and so do the services that are alone, each by a way of its own.
  let next = 0
  for (const service of serviceNames) {
    for (let number = 0; number < counts[service]; number++) {
      const isProxied = number === counts[service] - 1
      await add(service, isProxied ? ways[next++ % ways.length] : undefined)
    }
  }

  return {
    instances: () => instances,
    api: `http://127.0.0.1:${apiPort}`,
    wayOf: instance => taken.get(instance.name),
    add: service => add(service),
    async retire(instance) {
      instances = instances.filter(each => each !== instance)
      await instance.retire()
    },
    async stop() {
      await Promise.all(instances.map(each => each.retire()))
    },
    async ready(withinMs, signal) {
      const until = Date.now() + withinMs
      for (;;) {
        const waiting = instances
        const are = await Promise.all(waiting.map(each => each.isReady()))
        if (are.every(Boolean) || signal?.aborted) return
        if (Date.now() > until) {
          const late = waiting.filter((_, index) => !are[index])
          const not = await Promise.all(late.map(async each => `${each.name} (${await each.state()})`))
          throw new Error(`not ready within ${withinMs / 1000} s: ${not.join(', ')}`)
        }
        await sleep(200)
      }
    },
  }
}
