import type { ParseArgsOptionsConfig } from 'node:util'
import { VigiaError } from '../core/errors.ts'
import { accessNames } from '../core/settings.ts'
import { type Codec, codecFor } from '../runtime/codec.ts'
import { readSettings } from '../runtime/config/read-settings.ts'
import { confluentRegistry } from '../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../runtime/kafka/kafka-log.ts'
import { kafkaAccess, registryAccess } from '../runtime/kafka/security.ts'
import type { Log } from '../runtime/log.ts'
import type { Registry } from '../runtime/registry.ts'
import { allTopics } from '../schemas/catalogue.ts'
import { readRunFile } from './run-file.ts'
import { type Flags, textFlag } from './verb.ts'

/** Where the verbs find the brokers, the registry and the API: flags, then the environment, then the run file. */
export type Address = {
  readonly brokers?: string
  readonly registry?: string
  readonly prefix: string
  readonly api?: string
  readonly key?: string
}

export type Connection = {
  readonly log: Log
  readonly codec: Codec
  readonly registry: Registry
  readonly prefix: string
  close(): Promise<void>
}

export const connectionOptions: ParseArgsOptionsConfig = {
  json: { type: 'boolean' },
  brokers: { type: 'string' },
  registry: { type: 'string' },
  prefix: { type: 'string' },
  api: { type: 'string' },
  key: { type: 'string' },
}

export function addressFrom(flags: Flags, env: Readonly<Record<string, string | undefined>>): Address {
  // Refuses typos in the environment, as the services do.
  readSettings(env, [])
  const run = readRunFile()
  const found = {
    brokers: textFlag(flags, 'brokers') ?? env.VIGIA_KAFKA_BROKERS ?? run?.brokers,
    registry: textFlag(flags, 'registry') ?? env.VIGIA_REGISTRY_URL ?? run?.registry,
    api: textFlag(flags, 'api') ?? env.VIGIA_API_URL ?? run?.api,
    key: textFlag(flags, 'key') ?? env.VIGIA_API_KEY ?? run?.key,
  }
  const given = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
  return { prefix: textFlag(flags, 'prefix') ?? env.VIGIA_PREFIX ?? run?.prefix ?? 'vigia.', ...given }
}

/** Connects to read topics. Rejects with `VIG_CONFIG_INVALID` where nothing says where the brokers are. */
export async function connect(flags: Flags, env: Readonly<Record<string, string | undefined>>): Promise<Connection> {
  const { log, registry, prefix } = reach(flags, env)
  try {
    const codec = await codecFor({ registry, topics: allTopics, prefix, clock: Date.now, schemas: 'require' })
    return { log, codec, registry, prefix, close: () => log.close() }
  } catch (error) {
    await log.close()
    throw error
  }
}

/** The brokers and the registry, without asking whether the schemas are there. */
export function reach(
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
): Omit<Connection, 'codec' | 'close'> {
  const { brokers, registry, prefix } = addressFrom(flags, env)
  if (brokers === undefined || registry === undefined) {
    const missing = brokers === undefined ? 'brokers' : 'registry'
    throw new VigiaError(
      'VIG_CONFIG_INVALID',
      `no ${missing}: start \`vigia up\`, or give --brokers and --registry (VIGIA_KAFKA_BROKERS, VIGIA_REGISTRY_URL)`,
    )
  }
  const access = readSettings(env, accessNames)
  const log = kafkaLog({ brokers: brokers.split(','), clientId: 'vigia-cli', ...kafkaAccess(access) })
  return { log, registry: confluentRegistry(registry, 'vigia-cli', registryAccess(access)), prefix }
}
