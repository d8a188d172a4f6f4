import type { Cluster, Kafka as KafkaClient, LogEntry, RetryOptions } from 'kafkajs'
import type { LogLevel, LogLine } from './events.ts'
import { transactionRetry } from './fixes/transaction-patience.ts'
import { AssignerProtocol, Kafka, logLevel } from './kafkajs.ts'
import type { Settings } from './options.ts'

const connectionTimeout = 5_000
/** Of one request; a request that is lost must not outlive the transaction it belongs to. */
const requestTimeout = 10_000

/** For groups and administration: about 28 s, the length of a broker's restart. */
const patientRetry = { retries: 60, initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500 }
/** For `append`: a caller waits for the answer. */
const briefRetry = { retries: 14, initialRetryTime: 20, multiplier: 2, maxRetryTime: 1_000 }

/**
 * D3: retries are always explicit, since kafkajs does not give an idempotent producer the endless ones it documents.
 * Offsets that one client marks as committed are seen by all that come from the same object, so each part has its own.
 */
const retries = { group: patientRetry, admin: patientRetry, transactions: transactionRetry, append: briefRetry }

export type Part = keyof typeof retries

export function retryOf(part: Part): RetryOptions {
  return retries[part]
}

export function kafkaClient({ brokers, clientId, ssl, sasl, log }: Settings, part: Part): KafkaClient {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout,
    requestTimeout,
    retry: retries[part],
    logLevel: logLevel.WARN,
    logCreator: () => entry => writeEntry(log, entry),
    ...(ssl === undefined ? {} : { ssl }),
    // A copy: kafkajs leaves its authenticator in the object that it is given.
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
  })
}

/** Said at ERROR for each request that waits for the transaction before (see fixes/transaction-retry.ts): no error. */
const concurrentTransactions = 'producer attempted to update a transaction while another concurrent operation'
/** Said for each producer whose retries are not endless: ours never are, on purpose. */
const limitedRetries = 'Limiting retries for the idempotent producer'

/**
 * kafkajs says ERROR for what it then retries, and the callers say what became of it: its lines are a level lower
 * here, and what a single request was answered is for debugging only.
 */
export function writeEntry(log: LogLine, { level, namespace, log: entry }: LogEntry): void {
  const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = entry
  const reason: unknown = fields.error
  if (typeof reason === 'string' && reason.includes(concurrentTransactions)) return
  if (message.includes(concurrentTransactions) || message.startsWith(limitedRetries)) return
  const isAnswer = namespace === 'Connection' && message.startsWith('Response ')
  const as: LogLevel = level === logLevel.ERROR && !isAnswer ? 'warn' : level === logLevel.WARN ? 'info' : 'debug'
  log(as, message, { ...fields, client: namespace })
}

/** Every record comes with its partition: the catalogue decides it. */
export const noPartitioner = () => (): number => {
  throw new Error('a record without a partition')
}

/**
 * The connection under a client, which kafkajs hands to the assigners of a consumer and to nobody else. The
 * consumer itself is never connected. `readUncommitted` makes the offset `latest` the end of the log; a reader of
 * committed records says so with each fetch.
 */
export function clusterOf(kafka: KafkaClient): Cluster {
  let found: Cluster | undefined
  kafka.consumer({
    groupId: 'none',
    readUncommitted: true,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster
        const metadata = AssignerProtocol.MemberMetadata.encode({ version: 0, topics: [], userData: Buffer.alloc(0) })
        return { name: 'none', version: 0, protocol: () => ({ name: 'none', metadata }), assign: async () => [] }
      },
    ],
  })
  if (!found) throw new Error('kafkajs made a consumer without its assigners')
  return found
}
