import { messageOf } from '../core/errors.ts'
import { type SettingName, type Settings, settings } from '../core/settings.ts'
import { topics } from '../schemas/catalogue.ts'
import { codecFor } from './codec.ts'
import { accessWarnings } from './config/access-problems.ts'
import { readSettings } from './config/read-settings.ts'
import { type RunningService, startService } from './engine/running-service.ts'
import { topicsOf } from './engine/stage-run.ts'
import { confluentRegistry } from './kafka/confluent-registry.ts'
import { kafkaLog } from './kafka/kafka-log.ts'
import { kafkaAccess, registryAccess } from './kafka/security.ts'
import { serveHealth } from './observe/health-server.ts'
import { metricsOf } from './observe/metrics.ts'
import { sayer } from './observe/say.ts'
import type { Service } from './stage.ts'

/** What a service is made from: its settings, and a place to say what it found in its files. */
export type Build = (settings: Settings, say: (message: string) => void) => Promise<Service> | Service

/** Of every service, in ms; as Kafka Streams has it for exactly once (`commit.interval.ms`). */
export const leastMsBetween = 100

/** A second signal, or this long after the first: the process stops without waiting. */
const drainMs = 25_000

/**
 * Runs one service as a process, from the environment, until SIGTERM or SIGINT. Exits 0 after a drain, 1 when the
 * configuration is refused or the service cannot go on; the last line on stderr says why, with its code.
 */
export async function run(name: string, build: Build, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  let stop: (() => void) | undefined
  const asked = new Promise<void>(resolve => {
    stop = resolve
  })
  process.once('SIGTERM', () => stop?.())
  process.once('SIGINT', () => stop?.())
  try {
    await runUntil(name, build, env, asked)
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? `${String(error.code)}: ` : ''
    // As the process ends, after the lines of the log that are still on their way.
    process.once('exit', () => console.error(`${name}: ${code}${messageOf(error)}`))
    process.exitCode = 1
  }
  // Whatever still holds the loop (a socket of a broker that is gone) must not keep a stopped service alive.
  process.exit()
}

async function runUntil(name: string, build: Build, env: NodeJS.ProcessEnv, asked: Promise<void>): Promise<void> {
  const read = readSettings(env, namesFor(name)) as Settings
  const { say } = sayer(name, read.VIGIA_LOG_LEVEL)
  for (const warning of accessWarnings(read)) say('warn', warning, {})
  const metrics = metricsOf(name)
  let service: RunningService | undefined
  const health = await serveHealth({
    host: read.VIGIA_METRICS_HOST,
    port: read.VIGIA_METRICS_PORT,
    staleMs: read.VIGIA_SESSION_TIMEOUT_MS,
    clock: Date.now,
    metrics,
    service: () => service,
  })
  say('info', 'health and metrics', { url: health.url })
  const definition = await build(read, message => say('info', message, {}))
  const log = kafkaLog({
    brokers: read.VIGIA_KAFKA_BROKERS,
    ...kafkaAccess(read),
    clientId: `${read.VIGIA_CLIENT_ID}.${name}`,
    sessionTimeoutMs: read.VIGIA_SESSION_TIMEOUT_MS,
    heartbeatIntervalMs: Math.max(300, Math.min(3000, Math.floor(read.VIGIA_SESSION_TIMEOUT_MS / 6))),
    onEvent: metrics.kafka,
    log: (level, message, fields) => say(level === 'debug' ? 'info' : level, message, flat(fields)),
  })
  const registry = confluentRegistry(read.VIGIA_REGISTRY_URL, read.VIGIA_CLIENT_ID, registryAccess(read))
  const { VIGIA_PREFIX: prefix, VIGIA_SCHEMAS: schemas } = read
  const codec = await codecFor({
    registry,
    topics: [...topicsOf(definition, [topics.dlq, topics.rulesets]).values()],
    prefix,
    clock: Date.now,
    schemas,
  })
  service = await startService(definition, {
    log,
    codec,
    prefix,
    clock: Date.now,
    observer: { ...metrics.observer, say },
    leastMsBetween,
  })
  say('info', 'started', service.addresses)
  await Promise.race([asked, service.done])
  say('info', 'draining', {})
  const late = setTimeout(() => process.exit(1), drainMs)
  await service.drain()
  await log.close()
  await health.close()
  clearTimeout(late)
  say('info', 'stopped', {})
}

function namesFor(service: string): SettingName[] {
  return (Object.keys(settings) as SettingName[]).filter(name => {
    const { of } = settings[name]
    return (of as readonly string[]).includes('every service') || (of as readonly string[]).includes(service)
  })
}

function flat(fields: Readonly<Record<string, unknown>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === 'number' ? value : String(value)]),
  )
}
