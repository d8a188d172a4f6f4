import { Agent } from 'node:https'
import type { SASLOptions } from 'kafkajs'
import type { AccessSettings } from '../../core/settings.ts'
import type { KafkaOptions } from './options.ts'

/** TLS as Node takes it: whom we trust, and who we are where the other side asks. */
type Tls = { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly passphrase?: string }

/** What `confluentRegistry` needs beside the address. */
export type RegistryAccess = {
  readonly auth?: { readonly username: string; readonly password: string }
  readonly agent?: Agent
}

/** The part of `KafkaOptions` that says who we are, from settings that `readSettings` has found to fit together. */
export function kafkaAccess(read: AccessSettings): Pick<KafkaOptions, 'ssl' | 'sasl'> {
  const { VIGIA_KAFKA_SASL_MECHANISM: mechanism } = read
  const login = { username: read.VIGIA_KAFKA_SASL_USERNAME ?? '', password: read.VIGIA_KAFKA_SASL_PASSWORD ?? '' }
  return {
    ...(read.VIGIA_KAFKA_TLS ? { ssl: tlsOf('VIGIA_KAFKA', read) } : {}),
    ...(mechanism === undefined ? {} : { sasl: saslOf(mechanism, login) }),
  }
}

/** The same for the registry. The agent is made once: it keeps connections, and with them what it has trusted. */
export function registryAccess(read: AccessSettings): RegistryAccess {
  const { VIGIA_REGISTRY_USERNAME: username, VIGIA_REGISTRY_PASSWORD: password } = read
  const tls = tlsOf('VIGIA_REGISTRY', read)
  return {
    ...(username === undefined || password === undefined ? {} : { auth: { username, password } }),
    ...(Object.keys(tls).length === 0 ? {} : { agent: new Agent(tls) }),
  }
}

function saslOf(
  mechanism: NonNullable<AccessSettings['VIGIA_KAFKA_SASL_MECHANISM']>,
  login: { username: string; password: string },
): SASLOptions {
  if (mechanism === 'PLAIN') return { mechanism: 'plain', ...login }
  return mechanism === 'SCRAM-SHA-256'
    ? { mechanism: 'scram-sha-256', ...login }
    : { mechanism: 'scram-sha-512', ...login }
}

function tlsOf(side: 'VIGIA_KAFKA' | 'VIGIA_REGISTRY', read: AccessSettings): Tls {
  const ca = read[`${side}_TLS_CA`]
  const cert = read[`${side}_TLS_CERT`]
  const key = read[`${side}_TLS_KEY`]
  const passphrase = read[`${side}_TLS_KEY_PASSWORD`]
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}
