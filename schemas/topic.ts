/** What the catalogue says of a topic. Names are without the prefix that the configuration adds. */

/**
 * How a record finds its partition:
 * - `domain`: murmur2(domain), the part of the key before `#`; co-partitioned among all such topics;
 * - `observable`: murmur2(`type|value`), the beginning of the key; co-partitioned among all such topics;
 * - `key`: murmur2(key);
 * - `any`: the sender decides;
 * - `task`: the partition number of the task that writes it (state).
 */
export type Partitioning = 'domain' | 'observable' | 'key' | 'any' | 'task'

/** The principals that may write. Exactly one, but for the dead letters, and the results which two services give. */
export type Writer =
  | 'api'
  | 'sender'
  | 'ingest'
  | 'case-builder'
  | 'analyzer-dispatcher'
  | 'misp-sync'
  | 'responder'
  | 'mirror'
  | 'every service'

export type Topic<Value = unknown> = {
  readonly name: string
  readonly what: string
  /** How the key is made, for people. */
  readonly key: string
  readonly partitioning: Partitioning
  /** Fields of the key behind `type|value`, so that the value may hold any character. */
  readonly keyTail?: number
  readonly partitions: number
  readonly cleanup: 'delete' | 'compact' | 'compact,delete'
  /** `null`: unlimited. */
  readonly retentionMs: number | null
  readonly maxMessageBytes: number
  readonly compatibility: 'FULL_TRANSITIVE' | 'BACKWARD_TRANSITIVE' | 'none'
  readonly writers: readonly Writer[]
  /** The highest TLP that a record here may have; one above it is dead-lettered, not written. */
  readonly highestTlp: 'AMBER' | 'RED'
  /** Whether values are Avro: the `.avsc` of the topic's name. `alerts.raw` holds any bytes. */
  readonly schema: boolean
  /** Without a schema: values are JSON documents, for readers that know no Avro. */
  readonly json?: true
  /** Never set: carries the type of the values. */
  readonly value?: Value
}

export type StateTopic<Value = unknown> = Topic<Value> & { readonly partitioning: 'task' }
