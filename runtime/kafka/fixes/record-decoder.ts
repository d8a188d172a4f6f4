import { Cursor } from './record-bytes.ts'
import { replace, upstream } from './upstream.ts'

/** As much of kafkajs' decoder as is needed to step over a batch. */
export type Decoder = { readonly buffer: Buffer; offset: number; forward(size: number): void }
type Codec = { decompress(bytes: Buffer): Promise<Buffer> } | null
type HeaderValue = Buffer | null
type Headers = Record<string, HeaderValue | HeaderValue[]>

type Context = {
  readonly firstOffset: string
  readonly firstTimestamp: string
  readonly partitionLeaderEpoch: number
  readonly inTransaction: boolean
  readonly isControlBatch: boolean
  readonly lastOffsetDelta: number
  readonly producerId: string
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly maxTimestamp: string
  readonly timestampType: number
}
export type DecodedRecord = {
  readonly magicByte: number
  readonly attributes: number
  readonly timestamp: string
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Headers
  readonly isControlRecord: boolean
  readonly batchContext: Context & { readonly magicByte: number }
}
export type DecodedBatch = Context & { readonly records: DecodedRecord[] }

const firstBytes = 12
const timestampMask = 0x8
const transactionalMask = 0x10
const controlMask = 0x20

/**
 * D11. A record batch decoded with plain numbers, each record straight from the bytes of the batch. kafkajs makes a buffer and a
 * decoder for each record and does its arithmetic of offsets and timestamps with objects around BigInts, parsed anew
 * from text for each record. Offsets and timestamps are below 2^53 (see log.ts).
 */
export function batchDecoder(
  codecOf: (attributes: number) => Codec,
  partial: (message: string) => Error,
): (fetched: Decoder) => Promise<DecodedBatch> {
  return async fetched => {
    const { buffer, offset } = fetched
    const length = buffer.readInt32BE(offset + 8)
    const start = offset + firstBytes
    if (buffer.length < start + length) {
      fetched.forward(firstBytes + length)
      throw partial(`a record batch of ${length} bytes of which ${buffer.length - start} are here`)
    }
    fetched.forward(firstBytes + length)
    const magicByte = buffer.readInt8(start + 4)
    const attributes = buffer.readInt16BE(start + 9)
    const context: Context = {
      firstOffset: String(buffer.readBigInt64BE(offset)),
      partitionLeaderEpoch: buffer.readInt32BE(start),
      inTransaction: (attributes & transactionalMask) > 0,
      isControlBatch: (attributes & controlMask) > 0,
      timestampType: (attributes & timestampMask) > 0 ? 1 : 0,
      lastOffsetDelta: buffer.readInt32BE(start + 11),
      firstTimestamp: String(buffer.readBigInt64BE(start + 15)),
      maxTimestamp: String(buffer.readBigInt64BE(start + 23)),
      producerId: String(buffer.readBigInt64BE(start + 31)),
      producerEpoch: buffer.readInt16BE(start + 39),
      firstSequence: buffer.readInt32BE(start + 41),
    }
    const count = buffer.readInt32BE(start + 45)
    const codec = codecOf(attributes)
    const packed = buffer.subarray(start + 49, start + length)
    const bytes = codec === null || count <= 0 ? packed : await codec.decompress(packed)
    return { ...context, records: recordsIn(bytes, Math.max(count, 0), { ...context, magicByte }) }
  }
}

function recordsIn(bytes: Buffer, count: number, batchContext: DecodedRecord['batchContext']): DecodedRecord[] {
  const { magicByte, isControlBatch, timestampType, maxTimestamp } = batchContext
  const [firstOffset, firstTimestamp] = [Number(batchContext.firstOffset), Number(batchContext.firstTimestamp)]
  const isAppendTime = timestampType === 1
  const records = new Array<DecodedRecord>(count)
  const cursor = new Cursor(bytes)
  for (let index = 0; index < count; index++) {
    const end = cursor.varint() + cursor.offset
    const attributes = bytes[cursor.offset++] ?? 0
    const timestampDelta = cursor.varint()
    const offset = String(firstOffset + cursor.varint())
    const key = cursor.field()
    const value = cursor.field()
    records[index] = {
      magicByte,
      attributes,
      timestamp: isAppendTime ? maxTimestamp : String(firstTimestamp + timestampDelta),
      offset,
      key,
      value,
      headers: headersIn(cursor),
      isControlRecord: isControlBatch,
      batchContext,
    }
    cursor.offset = end
  }
  return records
}

const none: Headers = Object.freeze({})

/** A name that comes more than once has a list of values. Without a prototype, since names come from outside. */
function headersIn(cursor: Cursor): Headers {
  let left = cursor.varint()
  if (left <= 0) return none
  const headers = Object.create(null) as Headers
  for (; left > 0; left--) {
    const name = cursor.field()?.toString() ?? ''
    const value = cursor.field()
    const before = headers[name]
    headers[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return headers
}

export function fixRecordDecoder(): void {
  const { lookupCodecByAttributes } = upstream<{ lookupCodecByAttributes(attributes: number): Codec }>(
    'protocol/message/compression/index.js',
  )
  const { KafkaJSPartialMessageError } = upstream<{ KafkaJSPartialMessageError: new (message: string) => Error }>(
    'errors.js',
  )
  replace(
    'protocol/recordBatch/v0/decoder.js',
    batchDecoder(lookupCodecByAttributes, message => new KafkaJSPartialMessageError(message)),
  )
}
