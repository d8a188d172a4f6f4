/**
 * Every error that Vigía raises, as a closed table: the code is the interface, the message is not.
 * `docs/errors.md` is generated from this table; each code has its address there.
 *
 * `class` says what the runtime does with it:
 * - `config`: the process refuses to start (exit 1);
 * - `record`: the record goes to the dead-letter topic with this code and its partition goes on;
 * - `request`: the caller of the HTTP API gets `status`;
 * - `runtime`: the task is given up and taken over again, or the process stops and says so.
 */
type Entry = {
  readonly class: 'config' | 'record' | 'request' | 'runtime'
  readonly status?: number
  readonly meaning: string
  readonly mend: string
}

export const errors = {
  VIG_CONFIG_INVALID: {
    class: 'config',
    meaning: 'A setting is missing, unknown or has a wrong value.',
    mend: 'Mend every setting that the message lists; all of them are named at once.',
  },
  VIG_FILE_INVALID: {
    class: 'config',
    meaning:
      'A configuration file (playbook, mapping, analyzers.yaml, sources.yaml, neuron definition) does not fit its schema.',
    mend: 'Open the file at the line that the message names; the known names stand beside it.',
  },
  VIG_SCHEMA_MISFIT: {
    class: 'config',
    meaning: 'The registry holds no schema that this version writes, or refuses it as incompatible.',
    mend: 'Run `vigia schema check`, then `vigia schema apply` as the operator of the registry.',
  },
  VIG_TOPIC_MISFIT: {
    class: 'config',
    meaning: 'A topic is missing, or its partitions differ from the catalogue.',
    mend: 'Run `vigia topic diff`; create what is missing with `vigia topic apply`. Partitions never change: use a new prefix. Brokers hide a topic from who may not describe it (docs/acls.md).',
  },
  VIG_BROKER_ABSENT: {
    class: 'config',
    meaning: 'No broker was found: no address was given, no container engine answers, no local Java can start one.',
    mend: 'Set VIGIA_KAFKA_BROKERS and VIGIA_REGISTRY_URL, or install Java 17 and 21 or later, and Maven.',
  },
  VIG_AUTH_REFUSED: {
    class: 'config',
    meaning:
      'The brokers or the registry refused who we are or what we may do, or one side does not trust the certificate of the other.',
    mend: 'The message names the cause. Mend VIGIA_KAFKA_SASL_*, VIGIA_KAFKA_TLS_* or VIGIA_REGISTRY_*, or the rights of the user (docs/operations.md).',
  },
  VIG_OFFSET_OUT_OF_RANGE: {
    class: 'runtime',
    meaning: 'The committed offset lies outside the log: retention has passed it, or the topic was recreated.',
    mend: 'Nothing is skipped. Find out what was lost with `vigia ledger`; a recreated topic needs a new prefix.',
  },
  VIG_OFFSETS_LOST: {
    class: 'runtime',
    meaning:
      'A group that has worked before has no committed offset for a partition: the offsets expired (offsets.retention.minutes), a topic was recreated or got more partitions, or the stage reads a new topic.',
    mend: 'Nothing is begun anew by itself. Stop the service, then say where to begin with `kafka-consumer-groups --reset-offsets` (docs/operations.md); a recreated topic needs a new prefix.',
  },
  VIG_STATE_LOST: {
    class: 'runtime',
    meaning:
      'The state topic is shorter than what was committed with the offsets, or its beginning is gone: it was recreated, or lost records.',
    mend: 'Restore the topic from a backup, or begin with a new prefix. Its settings must be those of `vigia topic diff`.',
  },
  VIG_FENCED: {
    class: 'runtime',
    meaning: 'Another instance has taken this task over.',
    mend: 'Nothing to do: the task is closed here and goes on there.',
  },
  VIG_TRANSACTION_FAILED: {
    class: 'runtime',
    meaning: 'A transaction did not commit. Its producer is thrown away and the task is taken over again.',
    mend: 'Watch vigia_transactions_total by outcome; when the failed ones grow, look at the brokers.',
  },
  VIG_LOG_UNAVAILABLE: {
    class: 'runtime',
    meaning: 'The brokers or the registry did not answer in time.',
    mend: 'Look at the brokers; the service goes on by itself when they answer.',
  },
  VIG_VALUE_TOO_LARGE: {
    class: 'record',
    meaning: 'A record, or what it would lead to, is larger than its topic takes.',
    mend: 'Look at it with `vigia dlq show`; raise max.message.bytes only for the whole topic.',
  },
  VIG_VALUE_UNREADABLE: {
    class: 'record',
    meaning: 'The value is not in Confluent wire format, or its Avro bytes are cut short or do not fit the schema.',
    mend: 'Find the writer by the origin in the dead letter; only the principal named in the catalogue may write this topic.',
  },
  VIG_SCHEMA_UNKNOWN: {
    class: 'record',
    meaning: 'The registry does not know the schema id in the value.',
    mend: 'The writer used another registry, or the registry lost its data. Register the schema and send the record again.',
  },
  VIG_WRONG_PARTITION: {
    class: 'record',
    meaning: 'The record lies in a partition that its key does not lead to.',
    mend: 'The writer used another partitioner or another number of partitions. Only Vigía writes this topic.',
  },
  VIG_KIND_UNKNOWN: {
    class: 'runtime',
    meaning: 'A fold met a kind of event that this version does not know.',
    mend: 'A newer version wrote it. Upgrade this service; it stopped rather than guess.',
  },
  VIG_TLP_TOO_HIGH: {
    class: 'record',
    meaning: 'What a stage would have written is above the highest TLP that its topic may hold, so it was not written.',
    mend: 'Report it with the dead letter (`vigia dlq show`): the stage must leave such an event out by itself.',
  },
  VIG_DECISION_FAILED: {
    class: 'record',
    meaning: 'The decision about this record threw an error, which is a bug.',
    mend: 'Report it with the dead letter (`vigia dlq show`); send the record again after the upgrade.',
  },
  VIG_ALERT_NOT_JSON: {
    class: 'record',
    meaning: 'The raw alert is not JSON (the message names the position).',
    mend: 'Mend the sender, then send the alert again, or the mended bytes: `vigia dlq redrive ID --edit FILE`.',
  },
  VIG_ALERT_NOT_OBJECT: {
    class: 'record',
    meaning: 'The raw alert is JSON but no object, array of objects or NDJSON of objects.',
    mend: 'Mend the sender, then send the alert again.',
  },
  VIG_ALERT_INVALID: {
    class: 'record',
    meaning: 'A field of the alert is missing or has a wrong type; the message names it.',
    mend: 'Mend the sender, then send the alert again.',
  },
  VIG_ALERT_NOT_UTF8: {
    class: 'record',
    meaning: 'The raw alert is not valid UTF-8.',
    mend: 'Mend the sender: alerts are UTF-8.',
  },
  VIG_ALERT_REFUSED: {
    class: 'record',
    meaning: 'The HTTP API refused this body from a valid key; it is recorded so that it can be counted.',
    mend: 'The answer named the field; mend the sender.',
  },
  VIG_NOT_AUTHENTICATED: {
    class: 'request',
    status: 401,
    meaning: 'No API key was sent, or it is not known.',
    mend: 'Send `Authorization: Bearer <key>`; make a key with `vigia key create`.',
  },
  VIG_NOT_FOUND: {
    class: 'request',
    status: 404,
    meaning: 'There is no such route or no such thing.',
    mend: 'See docs/api.md for the routes.',
  },
  VIG_BODY_TOO_LARGE: {
    class: 'request',
    status: 413,
    meaning: 'The body is larger than 2 MB.',
    mend: 'Send fewer alerts in one request; send files by reference.',
  },
  VIG_RATE_EXCEEDED: {
    class: 'request',
    status: 429,
    meaning: 'The API key sent more than the rate that its line in the keys file allows.',
    mend: 'Send again after `Retry-After`; raise `rate=` and `burst=` in the line if the sender is meant to send so much.',
  },
  VIG_CONTENT_TOO_LARGE: {
    class: 'request',
    status: 413,
    meaning: 'A file of an alert is larger than VIGIA_CONTENT_MAX_FILE.',
    mend: 'Send the file elsewhere and name it in the alert, or raise the setting.',
  },
  VIG_CONTENT_FULL: {
    class: 'request',
    status: 503,
    meaning:
      'The content store holds VIGIA_CONTENT_MAX_TOTAL bytes, or its disk is full. Alerts without files are taken.',
    mend: 'Remove old files below VIGIA_CONTENT_DIR (room is noticed within a minute), or raise the setting.',
  },
  VIG_CONTENT_UNAVAILABLE: {
    class: 'request',
    status: 503,
    meaning: 'The content store cannot be read or written, or a file in it is not what its name says.',
    mend: 'The message names the cause: rights, a mount that is gone, a disk that fails.',
  },
  VIG_REPLY_INVALID: {
    class: 'runtime',
    meaning: 'A neighbour (MISP, a neuron, a webhook) answered something that does not fit its contract.',
    mend: 'The message names the field. Compare the version of the neighbour with docs/.',
  },
  VIG_NEIGHBOUR_UNAVAILABLE: {
    class: 'runtime',
    meaning: 'A neighbour (MISP, a feed, Cortex) did not answer, is in maintenance, or asked to be called later.',
    mend: 'Nothing to do if it passes: the call is made again. Otherwise look at the neighbour; the message names it.',
  },
  VIG_NEIGHBOUR_REFUSED: {
    class: 'runtime',
    meaning: 'A neighbour refused the key, or the key may not do what was asked.',
    mend: 'The message names the setting that holds the key (for MISP: `key` in indicators.yaml); renew the key or its rights.',
  },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof errors

/** An error with a code from the table. `details` never holds a secret: it goes to logs and dead letters. */
export class VigiaError extends Error {
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, string | number>>

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'VigiaError'
    this.code = code
    this.details = details
  }
}

export function isVigiaError(error: unknown, code?: ErrorCode): error is VigiaError {
  return error instanceof VigiaError && (code === undefined || error.code === code)
}

/** What an unknown thrown value says, for a log line or a dead letter. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
