import { replace, upstream } from './upstream.ts'

type RecordBatch = {
  readonly firstOffset: string
  readonly lastOffsetDelta: number
  readonly records: readonly object[]
}
type Decoder = {
  readInt32(): number
  canReadBytes(size: number): boolean
  readBytes(size: number): Buffer
}
export type Decoders = {
  readonly newDecoder: (bytes: Buffer) => Decoder
  readonly recordBatch: (decoder: Decoder) => Promise<RecordBatch>
  readonly messageSet: (decoder: Decoder, size: number) => Promise<readonly object[]>
}

/** The records of a fetch, with the offset behind the last batch that was read whole, records in it or not. */
export type Messages = object[] & { nextOffset?: string }

export type Batch = {
  readonly fetchedOffset: string
  readonly rawMessages: Messages
  isEmpty(): boolean
  isEmptyDueToFiltering(): boolean
  lastOffset(): string
}

const MAGIC_OFFSET = 16
const MAGIC_BYTE = 2
const RECORD_BATCH_OVERHEAD = 49

/**
 * D9. Compaction leaves batches whose last records, or all records, are gone. kafkajs forgets how far such a batch
 * reached: a reader then asks for each missing offset one by one, or, behind a batch without records, waits for ever.
 */
export function decodeMessages(from: Decoders): (decoder: Decoder) => Promise<Messages> {
  return async decoder => {
    const messages: Messages = []
    const size = decoder.readInt32()
    if (size <= 0 || !decoder.canReadBytes(size)) return messages
    const bytes = decoder.readBytes(size)
    const batches = from.newDecoder(bytes)
    if (bytes.readInt8(MAGIC_OFFSET) !== MAGIC_BYTE) return [...(await from.messageSet(batches, size))]
    while (batches.canReadBytes(RECORD_BATCH_OVERHEAD)) {
      try {
        const batch = await from.recordBatch(batches)
        for (const record of batch.records) messages.push(record)
        messages.nextOffset = String(BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta) + 1n)
      } catch (error) {
        // The last batch of a fetch may be cut short; it comes whole with the next one.
        if (error instanceof Error && error.name === 'KafkaJSPartialMessageError') break
        throw error
      }
    }
    return messages
  }
}

/** The offset behind all that was fetched, or undefined where the fetch brought nothing on. */
function reached(batch: Batch): bigint | undefined {
  const next = batch.rawMessages.nextOffset
  return next !== undefined && BigInt(next) > BigInt(batch.fetchedOffset) ? BigInt(next) : undefined
}

export function stepOverGaps(prototype: Batch): void {
  const { lastOffset, isEmptyDueToFiltering } = prototype
  prototype.lastOffset = function (this: Batch) {
    const next = reached(this)
    return next === undefined ? lastOffset.call(this) : String(next - 1n)
  }
  prototype.isEmptyDueToFiltering = function (this: Batch) {
    return isEmptyDueToFiltering.call(this) || (this.isEmpty() && reached(this) !== undefined)
  }
}

export function fixCompaction(): void {
  const Decoder = upstream<new (bytes: Buffer) => Decoder>('protocol/decoder.js')
  const decode = decodeMessages({
    newDecoder: bytes => new Decoder(bytes),
    recordBatch: upstream<Decoders['recordBatch']>('protocol/recordBatch/v0/decoder.js'),
    messageSet: upstream<Decoders['messageSet']>('protocol/messageSet/decoder.js'),
  })
  replace('protocol/requests/fetch/v4/decodeMessages.js', decode)
  stepOverGaps(upstream<{ prototype: Batch }>('consumer/batch.js').prototype)
}
