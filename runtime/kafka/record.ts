import type { IHeaders, KafkaMessage, TopicMessages } from 'kafkajs'
import type { LogRecord, OutRecord } from '../log.ts'

export function topicMessages(records: readonly OutRecord[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>()
  for (const { topic, partition, key, value, headers } of records) {
    const held = topics.get(topic) ?? { topic, messages: [] }
    topics.set(topic, held)
    held.messages.push({ partition, key, value, ...(headers ? { headers: { ...headers } } : {}) })
  }
  return [...topics.values()]
}

/** A view on the fetched bytes: what lives longer than the batch is copied with `copied`. */
export function logRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: logHeaders(message.headers),
  }
}

/** One small slice would keep the whole response of a fetch in memory. */
export function copied(record: LogRecord): LogRecord {
  const headers: Record<string, Buffer> = {}
  for (const [name, held] of Object.entries(record.headers)) headers[name] = Buffer.from(held)
  return {
    ...record,
    key: record.key && Buffer.from(record.key),
    value: record.value && Buffer.from(record.value),
    headers,
  }
}

/** Of a header that comes more than once the last one counts. */
function logHeaders(headers: IHeaders | undefined): Record<string, Buffer> {
  const read: Record<string, Buffer> = {}
  for (const [name, held] of Object.entries(headers ?? {})) {
    const last = Array.isArray(held) ? held.at(-1) : held
    if (last !== undefined && last !== null) read[name] = Buffer.isBuffer(last) ? last : Buffer.from(last)
  }
  return read
}
