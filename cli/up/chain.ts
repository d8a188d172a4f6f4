import type { Codec } from '../../runtime/codec.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import type { Log } from '../../runtime/log.ts'

/** The five services, in the order that a record meets them. */
export const serviceNames = ['ingest', 'case-builder', 'analyzer-dispatcher', 'misp-sync', 'responder'] as const
export type ServiceName = (typeof serviceNames)[number]
/** Those, and the one that is started where it is asked for. */
export type StartedName = ServiceName | 'mirror'

/** Which services to start: the mirror only with `VIGIA_MIRROR`. */
export function startedNames(env: NodeJS.ProcessEnv): readonly StartedName[] {
  const { VIGIA_MIRROR: isMirrored } = readSettings(env, ['VIGIA_MIRROR'])
  return isMirrored ? [...serviceNames, 'mirror'] : serviceNames
}

/** A whole chain on this machine, on a real Kafka or in this process. */
export type Chain = {
  readonly mode: 'kafka' | 'embedded'
  /** How the brokers were had, in a sentence. */
  readonly say: string
  readonly brokers: string
  readonly registry: string
  readonly prefix: string
  readonly api: string
  /** The first API key; it may command. */
  readonly key: string
  /** The secret that the API seals with. */
  readonly seal: string
  /** Health and metrics by service; empty where there are no processes. */
  readonly metrics: Readonly<Partial<Record<StartedName, string>>>
  readonly log: Log
  readonly codec: Codec
  /** Seconds that went into getting artifacts, and into starting. */
  readonly downloadSeconds: number
  readonly readySeconds: number
  /** SIGKILL (or its like in memory) of one instance; resolves when it is ready again. */
  kill(service: StartedName, instance?: number): Promise<void>
  stop(): Promise<void>
  /** Rejects when a service cannot be kept running. */
  readonly failed: Promise<never>
}

/** What a chain is configured with, as settings beside those that `up` sets itself. */
export type ChainConfig = {
  readonly env: Readonly<Record<string, string>>
  readonly progress: (line: string) => void
  /** Fewer partitions than the catalogue says, for a machine that is small. */
  readonly partitions?: number
  /** On Kafka: processes of each service; one unless told, 0 leaves it out. The API is the first ingest's. */
  readonly instances?: Readonly<Partial<Record<StartedName, number>>>
}
