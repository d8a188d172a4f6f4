import type { OutRecord } from '../log.ts'

/** Of a record batch without its records, the first twelve bytes included (Kafka's DefaultRecordBatch). */
const BATCH_OVERHEAD = 61
/** A batch is what `max.message.bytes` (1 MiB by default) limits; D7: kafkajs makes one batch of all it is given for a partition. */
export const BATCH_LIMIT = 900_000

const varint = (value: number): number => {
  let size = 1
  for (let rest = value * 2; rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

const field = (bytes: Buffer | null): number => (bytes ? varint(bytes.length) + bytes.length : 1)

/** What a record takes in a batch; at its end its number takes up to five bytes, alone it takes one. */
export function recordBytes(record: Omit<OutRecord, 'topic' | 'partition'>, numberBytes = 5): number {
  let size = 1 + 1 + numberBytes + field(record.key) + field(record.value)
  if (record.headers === undefined) return size + 1 + varint(size + 1)
  const names = Object.entries(record.headers)
  size += varint(names.length)
  for (const [name, held] of names) {
    const length = Buffer.byteLength(name)
    size += varint(length) + length + field(held)
  }
  return size + varint(size)
}

/** What a batch of this record alone takes: exactly what the broker compares with the topic's `max.message.bytes`. */
export const batchBytes = (record: OutRecord): number => BATCH_OVERHEAD + recordBytes(record, 1)

/** Cuts in order so that no part holds more of one partition than its topic takes; a larger record stands alone. */
export function splitByPartition<R extends OutRecord>(
  records: readonly R[],
  limitOf: (topic: string) => number = () => BATCH_LIMIT,
): R[][] {
  const parts: R[][] = []
  let part: R[] = []
  let sizes = new Map<string, number[]>()
  for (const record of records) {
    const { topic, partition } = record
    const bytes = recordBytes(record)
    const held = sizes.get(topic)?.[partition] ?? BATCH_OVERHEAD
    if (held > BATCH_OVERHEAD && held + bytes > limitOf(topic)) {
      parts.push(part)
      part = []
      sizes = new Map()
    }
    const ofTopic = sizes.get(topic) ?? []
    ofTopic[partition] = (ofTopic[partition] ?? BATCH_OVERHEAD) + bytes
    sizes.set(topic, ofTopic)
    part.push(record)
  }
  if (part.length > 0) parts.push(part)
  return parts
}
