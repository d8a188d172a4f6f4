import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { VigiaError } from '../../core/errors.ts'
import { apicurioFolder, kafkaJars, versions } from './artifact.ts'
import type { Broker } from './broker.ts'
import { brokerOf, startCluster } from './cluster.ts'
import { findJavas, javasForStack } from './java.ts'
import { type Keeper, startKeeper } from './keep.ts'
import { type Launch, launch, ready } from './launch.ts'
import { freePorts } from './port.ts'
import type { ListenerSpec } from './properties.ts'
import {
  type Registry,
  type RegistryAccess,
  registryAnswers,
  registryArguments,
  registryLog,
  registryUrl,
  writeRegistryProperties,
} from './registry.ts'

export type LocalStackOptions = {
  /**
   * Where data and logs lie, kept afterwards; absent: a new temporary folder that is removed at the end. One node lies in it
   * as it is, several in `node-1`, `node-2`, …
   */
  dir?: string
  log?: (line: string) => void
  /** Absent: the pinned version. */
  kafkaVersion?: string
  /**
   * False starts the brokers alone, which need Java 17 only; `registry` of the stack is then ''. Absent: a registry that is
   * open to everybody.
   */
  registry?: boolean | RegistryAccess
  /** Of node 1. */
  brokerPort?: number
  registryPort?: number
  /** How many brokers, each a controller too; absent: 1. From 3 on, topics have three copies and two must be written. */
  nodes?: number
  /** Beside PLAINTEXT, which is always there, is what brokers use among themselves, and asks for no credentials. */
  listeners?: readonly ListenerSpec[]
  /** More settings of every broker, which win over those of the stack. */
  serverProperties?: Readonly<Record<string, string>>
  /**
   * Added to Kafka's `storage format` of new folders, such as `--add-scram` and its user. They can be seen in this machine's
   * list of processes while it runs.
   */
  formatArguments?: readonly string[]
  env?: NodeJS.ProcessEnv
}

type Signal = 'SIGTERM' | 'SIGKILL'

/** Running, it does not keep this process alive by itself: who wants to stay waits for a signal. */
export type LocalStack = {
  /** `host:port` of every node's PLAINTEXT, separated by commas. */
  readonly brokers: string
  /** Base URL of the Confluent API. */
  readonly registry: string
  /** Their ids, from 1. */
  readonly nodes: readonly number[]
  /** Where a node really listens; absent: on PLAINTEXT. */
  port(node: number, listener?: string): number
  /** `host:port` of every node, separated by commas, as this listener advertises them. */
  listener(name: string): string
  /** The process of a node, undefined while it is down. */
  pid(node: number): number | undefined
  /** Ends a node, absent: as a crash (SIGKILL). Resolves when its process is gone. */
  kill(node: number, signal?: Signal): Promise<void>
  /**
   * Starts a node that is down, on the same ports with the same data, and resolves when it is up. Where most nodes are down
   * a node waits for others: start them together.
   */
  start(node: number): Promise<void>
  /** Ends all, removes what was temporary, and resolves when no process is left. */
  stop(): Promise<void>
  /** Ends node 1 (SIGKILL: as a crash) and resolves when it is up again, on the same port with the same data. */
  restartBroker(signal?: Signal): Promise<void>
}

/**
 * Starts real Kafka brokers and a real Apicurio registry from Maven's artifacts, without containers. Resolves when every
 * broker has started and the registry answers; the coordinator of groups may need another second or two. No process outlives
 * this one, however it ends.
 *
 * Throws VIG_BROKER_ABSENT, which says what to install, or shows the last lines of the log of what did not start;
 * VIG_CONFIG_INVALID for listeners that cannot be.
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const env = options.env ?? process.env
  const log = options.log ?? (() => {})
  const withRegistry = options.registry !== false
  const access = typeof options.registry === 'object' ? options.registry : {}
  const version = options.kafkaVersion ?? versions.kafka
  const count = options.nodes ?? 1
  const specs = options.listeners ?? []
  mustBePossible(count, specs)
  const javas = javasForStack(await findJavas(env), withRegistry)
  // One after the other: two Mavens at once would share one local repository.
  const jars = await kafkaJars(version, env, log)
  const app = withRegistry ? await apicurioFolder(env, log) : undefined

  const folder = options.dir ? resolve(options.dir) : await mkdtemp(join(tmpdir(), 'vigia-stack-'))
  await mkdir(join(folder, 'tmp'), { recursive: true })
  const keeper = startKeeper(options.dir ? '' : folder)
  try {
    const free = await freePorts(3 + count * (2 + specs.length))
    const next = () => free.pop() ?? 0
    // The port that clients take is the one that was asked for.
    const [shown, hidden, managementPort] = [options.registryPort ?? next(), next(), next()]
    const [port, tlsPort] = access.tls ? [hidden, shown] : [shown, hidden]
    const controllerPorts = Array.from({ length: count }, next)
    const brokers = controllerPorts.map(
      (_, index): Broker => ({
        java: javas.broker.command,
        jars,
        heapMb: count === 1 ? 512 : 320,
        node: index + 1,
        folder: count === 1 ? folder : join(folder, `node-${index + 1}`),
        port: (index === 0 ? options.brokerPort : undefined) ?? next(),
        controllerPorts,
        listeners: specs.map(spec => ({ ...spec, port: next() })),
        settings: options.serverProperties ?? {},
      }),
    )
    const times = count === 1 ? '' : `${count} times `
    log(`starting Kafka ${version} ${times}${app ? `and Apicurio Registry ${versions.apicurio} ` : ''}with local Java`)
    const [cluster] = await Promise.all([
      startCluster(keeper, brokers, options.formatArguments ?? []),
      app && javas.registry
        ? startRegistry(keeper, javas.registry.command, { app, folder, port, tlsPort, managementPort, access })
        : undefined,
    ])
    keeper.release()

    const during = holder(keeper)
    const kill = (node: number, signal: Signal) => during(() => cluster.kill(node, signal))
    const start = (node: number) => during(() => cluster.start(node))
    return {
      brokers: brokers.map(broker => `127.0.0.1:${broker.port}`).join(),
      registry: app ? registryUrl('127.0.0.1', shown, access.tls ? 'https' : 'http') : '',
      nodes: brokers.map(({ node }) => node),
      port: (node, listener = 'PLAINTEXT') => listenerOf(brokerOf(brokers, node), listener).port,
      listener: name =>
        brokers
          .map(broker => ({ ...listenerOf(broker, name), node: broker.node }))
          .map(at => `127.0.0.1:${at.advertisedPort?.(at.node) ?? at.port}`)
          .join(),
      pid: cluster.pid,
      kill: (node, signal = 'SIGKILL') => kill(node, signal),
      start,
      stop: () => keeper.close(),
      async restartBroker(signal = 'SIGTERM') {
        await kill(1, signal)
        await start(1)
      },
    }
  } catch (error) {
    await keeper.close()
    throw error
  }
}

function mustBePossible(nodes: number, listeners: readonly ListenerSpec[]): void {
  const names = listeners.map(({ name }) => name)
  const problems = names.filter(name => !/^[A-Z][A-Z0-9_]*$/.test(name)).map(name => `${name} is no listener's name`)
  const taken = names.filter((name, index) => ['PLAINTEXT', 'CONTROLLER', ...names.slice(0, index)].includes(name))
  problems.push(...taken.map(name => `there is a listener ${name} already`))
  if (!Number.isInteger(nodes) || nodes < 1) problems.push(`${nodes} is no number of nodes`)
  if (problems.length > 0) throw new VigiaError('VIG_CONFIG_INVALID', problems.join('; '))
}

function listenerOf(broker: Broker, name: string): Pick<Broker['listeners'][number], 'port' | 'advertisedPort'> {
  if (name === 'PLAINTEXT') return { port: broker.port }
  const found = broker.listeners.find(listener => listener.name === name)
  if (found === undefined) throw new VigiaError('VIG_CONFIG_INVALID', `there is no listener ${name}`)
  return found
}

/** Keeps this process alive while a node is ended or started, several at once included. */
function holder(keeper: Keeper): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = 0
  return async work => {
    busy += 1
    keeper.hold()
    try {
      return await work()
    } finally {
      busy -= 1
      if (busy === 0) keeper.release()
    }
  }
}

async function startRegistry(keeper: Keeper, java: string, registry: Registry): Promise<void> {
  const what: Launch = {
    name: 'Apicurio Registry',
    command: java,
    args: registryArguments(registry),
    log: registryLog(registry.folder),
    cwd: registry.folder,
  }
  await writeRegistryProperties(registry)
  const running = await launch(keeper, what)
  const url = registryUrl('127.0.0.1', registry.port)
  await ready(what, running, () => registryAnswers(url, registry.access.user))
}
