import { mkdir, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf, VigiaError } from '../../core/errors.ts'
import { apicurioFolder, kafkaJars, versions } from './artifact.ts'
import { type Broker, brokerArguments, brokerLog, formatArguments, prepareBroker, startsTold } from './broker.ts'
import { findJavas, javasForStack } from './java.ts'
import { type Keeper, type Kept, startKeeper } from './keep.ts'
import { accepts, freePorts } from './port.ts'
import { registryAnswers, registryArguments, registryLog, registryUrl } from './registry.ts'

export type LocalStackOptions = {
  /** Where data and logs lie, kept afterwards; absent: a new temporary folder that is removed at the end. */
  dir?: string
  log?: (line: string) => void
  /** Absent: the pinned version. */
  kafkaVersion?: string
  /** False starts the broker alone, which needs Java 17 only; `registry` of the stack is then ''. */
  registry?: boolean
  brokerPort?: number
  registryPort?: number
  env?: NodeJS.ProcessEnv
}

/** Running, it does not keep this process alive by itself: who wants to stay waits for a signal. */
export type LocalStack = {
  /** `host:port`. */
  readonly brokers: string
  /** Base URL of the Confluent API. */
  readonly registry: string
  /** Ends both, removes what was temporary, and resolves when no process is left. */
  stop(): Promise<void>
  /** Ends the broker (SIGKILL: as a crash) and resolves when it is up again, on the same port with the same data. */
  restartBroker(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const startWithinMs = 90_000
const pollMs = 50

/**
 * Starts a real Kafka broker and a real Apicurio registry from Maven's artifacts, without containers. Resolves when the
 * broker has started and the registry answers; the coordinator of groups may need another second or two. No process outlives
 * this one, however it ends.
 *
 * Throws VIG_BROKER_ABSENT, which says what to install, or shows the last lines of the log of what did not start.
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const env = options.env ?? process.env
  const log = options.log ?? (() => {})
  const withRegistry = options.registry ?? true
  const version = options.kafkaVersion ?? versions.kafka
  const javas = javasForStack(await findJavas(env), withRegistry)
  // One after the other: two Mavens at once would share one local repository.
  const jars = await kafkaJars(version, env, log)
  const app = withRegistry ? await apicurioFolder(env, log) : undefined

  const folder = options.dir ? resolve(options.dir) : await mkdtemp(join(tmpdir(), 'vigia-stack-'))
  await mkdir(join(folder, 'tmp'), { recursive: true })
  const keeper = startKeeper(options.dir ? '' : folder)
  try {
    const [a = 0, b = 0, controllerPort = 0, managementPort = 0] = await freePorts(4)
    const broker: Broker = {
      java: javas.broker.command,
      jars,
      folder,
      port: options.brokerPort ?? a,
      controllerPort,
    }
    const port = options.registryPort ?? b
    log(`starting Kafka ${version}${app ? ` and Apicurio Registry ${versions.apicurio}` : ''} with local Java`)
    const [running] = await Promise.all([
      startBroker(keeper, broker),
      app && javas.registry
        ? startRegistry(keeper, javas.registry.command, { app, folder, port, managementPort })
        : undefined,
    ])
    keeper.release()
    return {
      brokers: `127.0.0.1:${broker.port}`,
      registry: app ? registryUrl('127.0.0.1', port) : '',
      stop: () => keeper.close(),
      restartBroker: restarter(keeper, broker, running),
    }
  } catch (error) {
    await keeper.close()
    throw error
  }
}

async function startBroker(keeper: Keeper, broker: Broker): Promise<Kept> {
  const { folder, java, port } = broker
  const where = { log: brokerLog(folder), cwd: folder }
  if (await prepareBroker(broker)) {
    const formatting = await start(keeper, java, formatArguments(broker), where)
    const { code } = await formatting.ended
    if (code !== 0) throw await notStarted('Kafka could not format its folder', where.log)
  }
  const before = await startsTold(folder)
  const running = await start(keeper, java, brokerArguments(broker), where)
  await ready('Kafka', running, where.log, async () => (await startsTold(folder)) > before && accepts(port))
  return running
}

async function startRegistry(
  keeper: Keeper,
  java: string,
  registry: Parameters<typeof registryArguments>[0],
): Promise<void> {
  const where = { log: registryLog(registry.folder), cwd: registry.folder }
  const running = await start(keeper, java, registryArguments(registry), where)
  const url = registryUrl('127.0.0.1', registry.port)
  await ready('Apicurio Registry', running, where.log, () => registryAnswers(url))
}

function restarter(keeper: Keeper, broker: Broker, first: Kept): LocalStack['restartBroker'] {
  let running = first
  return async (signal = 'SIGTERM') => {
    keeper.hold()
    try {
      await running.kill(signal)
      running = await startBroker(keeper, broker)
    } finally {
      keeper.release()
    }
  }
}

async function start(keeper: Keeper, java: string, args: string[], where: { log: string; cwd: string }): Promise<Kept> {
  try {
    return await keeper.start(java, args, where)
  } catch (error) {
    throw new VigiaError('VIG_BROKER_ABSENT', messageOf(error), {}, { cause: error })
  }
}

/** Resolves when `isReady`; throws with the end of the log when the process ends before, or the time is up. */
async function ready(name: string, running: Kept, log: string, isReady: () => Promise<boolean>): Promise<void> {
  let ended: string | undefined
  running.ended.then(ending => {
    ended = ending.why
  })
  const until = Date.now() + startWithinMs
  while (!(await isReady())) {
    if (ended !== undefined) throw await notStarted(`${name} ended while starting (${ended})`, log)
    if (Date.now() > until) throw await notStarted(`${name} was not ready within ${startWithinMs / 1000} s`, log)
    await pause(pollMs)
  }
}

async function notStarted(what: string, log: string): Promise<VigiaError> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-15)
  return new VigiaError('VIG_BROKER_ABSENT', `${what}; the last lines of its log:\n${lines.join('\n')}`)
}
