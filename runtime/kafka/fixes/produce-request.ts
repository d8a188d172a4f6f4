import { crc32c } from '@node-rs/crc32'
import { type Bytes, fieldBytes, varintBytes, writeField, writeVarint } from './record-bytes.ts'
import { original, replace, upstream } from './upstream.ts'

type Header = Bytes | readonly Bytes[]
export type Message = {
  readonly key?: Bytes
  readonly value?: Bytes
  readonly timestamp?: string | number | null
  readonly headers?: Readonly<Record<string, Header>>
}
type PartitionData = {
  readonly partition: number
  readonly firstSequence?: number
  readonly messages: readonly Message[]
}
type Long = { readonly value: bigint }
export type ProduceRequest = {
  readonly acks: number
  readonly timeout: number
  readonly transactionalId?: string | null
  readonly producerId?: Long | string | number
  readonly producerEpoch?: number
  readonly compression?: number
  readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionData[] }[]
}
/** As much of kafkajs' encoder as its callers look at. */
type Encoded = { buf: Buffer; offset: number; readonly buffer: Buffer; size(): number }
export type Encode = (request: ProduceRequest) => { readonly apiVersion: number; encode(): Promise<Encoded> }

/** From the length of the batch to its checksum's end, and from there to the first record. */
const batchHead = 8 + 4 + 4 + 1 + 4
const batchBody = 2 + 4 + 8 + 8 + 8 + 2 + 4 + 4
const magic = 2
const transactional = 0x10

/**
 * D8. A produce request in one pass into one buffer of the right size, its checksum computed natively. kafkajs gives each record a
 * zeroed buffer, copies it eight times on its way into the request, through buffers that grow by doubling, and computes
 * CRC-32C byte by byte. What is compressed is left to kafkajs.
 */
export function produceRequest(shipped: Encode, encoderOf: (bytes: Buffer) => Encoded): Encode {
  return request => {
    if ((request.compression ?? 0) !== 0) return shipped(request)
    return { ...shipped(request), encode: async () => encoderOf(encodeRequest(request, Date.now())) }
  }
}

/** One record with what is computed once, and needed for its size and for its bytes. */
type Sized = {
  readonly message: Message
  readonly timestampDelta: number
  readonly headers: [string, Bytes][]
  size: number
}
type Batch = { readonly data: PartitionData; readonly records: Sized[]; first: number; last: number; bytes: number }

export function encodeRequest(request: ProduceRequest, now: number): Buffer {
  const topics = request.topicData.map(({ topic, partitions }) => ({
    topic,
    batches: partitions.map(data => sizedBatch(data, now)),
  }))
  let size = stringBytes(request.transactionalId) + 2 + 4 + 4
  for (const { topic, batches } of topics) {
    size += stringBytes(topic) + 4
    for (const batch of batches) size += 4 + 4 + batch.bytes
  }
  const into = Buffer.allocUnsafe(size)
  let at = writeString(into, 0, request.transactionalId)
  at = into.writeInt16BE(request.acks, at)
  at = into.writeInt32BE(request.timeout, at)
  at = into.writeInt32BE(topics.length, at)
  for (const { topic, batches } of topics) {
    at = writeString(into, at, topic)
    at = into.writeInt32BE(batches.length, at)
    for (const batch of batches) {
      at = into.writeInt32BE(batch.data.partition, at)
      at = into.writeInt32BE(batch.bytes, at)
      at = writeBatch(into, at, batch, request)
    }
  }
  return into
}

function sizedBatch(data: PartitionData, now: number): Batch {
  const { messages } = data
  const given = messages.flatMap(({ timestamp }) => (timestamp === null || timestamp === undefined ? [] : [timestamp]))
  // As kafkajs has it: the order of `sort` without a comparison, which is that of the texts.
  given.sort()
  const [first, last] = [Number(given[0] ?? now), Number(given.at(-1) ?? now)]
  let bytes = batchHead + batchBody
  const records = messages.map((message, index): Sized => {
    const headers = headersOf(message.headers)
    const timestampDelta = Number(message.timestamp || now) - first
    let size =
      1 + varintBytes(timestampDelta) + varintBytes(index) + fieldBytes(message.key) + fieldBytes(message.value)
    size += varintBytes(headers.length)
    for (const [name, held] of headers) size += fieldBytes(name) + fieldBytes(held)
    bytes += varintBytes(size) + size
    return { message, timestampDelta, headers, size }
  })
  return { data, records, first, last, bytes }
}

function writeBatch(
  into: Buffer,
  start: number,
  { data, records, first, last, bytes }: Batch,
  of: ProduceRequest,
): number {
  let at = into.writeBigInt64BE(0n, start)
  at = into.writeInt32BE(bytes - 12, at)
  at = into.writeInt32BE(0, at)
  at = into.writeInt8(magic, at)
  const checksum = at
  const body = checksum + 4
  at = into.writeInt16BE(of.transactionalId ? transactional : 0, body)
  at = into.writeInt32BE(records.length - 1, at)
  at = into.writeBigInt64BE(BigInt(first), at)
  at = into.writeBigInt64BE(BigInt(last), at)
  at = into.writeBigInt64BE(longOf(of.producerId), at)
  at = into.writeInt16BE(of.producerEpoch ?? 0, at)
  at = into.writeInt32BE(data.firstSequence ?? 0, at)
  at = into.writeInt32BE(records.length, at)
  for (const [index, { message, timestampDelta, headers, size }] of records.entries()) {
    at = writeVarint(into, at, size)
    into[at++] = 0
    at = writeVarint(into, at, timestampDelta)
    at = writeVarint(into, at, index)
    at = writeField(into, at, message.key)
    at = writeField(into, at, message.value)
    at = writeVarint(into, at, headers.length)
    for (const [name, held] of headers) at = writeField(into, writeField(into, at, name), held)
  }
  into.writeUInt32BE(crc32c(into.subarray(body, at)), checksum)
  return at
}

const none: [string, Bytes][] = []

function headersOf(headers: Message['headers']): [string, Bytes][] {
  if (headers === undefined) return none
  const fields: [string, Bytes][] = []
  for (const [name, held] of Object.entries(headers)) {
    if (isList(held)) for (const item of held) fields.push([name, item])
    else fields.push([name, held])
  }
  return fields
}

const isList = (held: Header): held is readonly Bytes[] => Array.isArray(held)

function longOf(value: ProduceRequest['producerId'] = -1): bigint {
  return typeof value === 'object' ? value.value : BigInt(value)
}

function stringBytes(text: string | null | undefined): number {
  return 2 + (text ? Buffer.byteLength(text) : 0)
}

function writeString(into: Buffer, at: number, text: string | null | undefined): number {
  if (text === null || text === undefined) return into.writeInt16BE(-1, at)
  const length = Buffer.byteLength(text)
  const offset = into.writeInt16BE(length, at)
  into.write(text, offset, length, 'utf8')
  return offset + length
}

export function fixProduceRequest(): void {
  const { prototype } = upstream<{ readonly prototype: object }>('protocol/encoder.js')
  const encoderOf = (bytes: Buffer): Encoded =>
    Object.assign(Object.create(prototype) as Encoded, { buf: bytes, offset: bytes.length })
  const path = 'protocol/requests/produce/v3/request.js'
  const shipped = original<Encode>(path)
  replace(path, produceRequest(shipped, encoderOf))
}
