import type { KafkaConfig } from 'kafkajs'
import type { KafkaEvent, LogLine } from './events.ts'

export type KafkaOptions = {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Milliseconds without a sign of life after which the group gives our tasks away; 30,000 by default. */
  readonly sessionTimeoutMs?: number
  /** 3,000 by default; at most a third of the session timeout. */
  readonly heartbeatIntervalMs?: number
  /** After which the broker aborts a transaction that nobody ends; 15,000 by default. */
  readonly transactionTimeoutMs?: number
  readonly onEvent?: (event: KafkaEvent) => void
  readonly log?: LogLine
  readonly ssl?: KafkaConfig['ssl']
  readonly sasl?: KafkaConfig['sasl']
}

/** The options with every default filled in. */
export type Settings = Required<Omit<KafkaOptions, 'ssl' | 'sasl'>> & Pick<KafkaOptions, 'ssl' | 'sasl'>

export function settingsFrom(options: KafkaOptions): Settings {
  return {
    sessionTimeoutMs: 30_000,
    heartbeatIntervalMs: 3_000,
    transactionTimeoutMs: 15_000,
    onEvent: () => {},
    log: () => {},
    ...options,
  }
}
