import { replace, upstream } from './upstream.ts'

type Bytes = Buffer | string | null | undefined

export type EncodedRecord = {
  readonly offsetDelta?: number
  readonly timestampDelta?: number
  readonly key?: Bytes
  readonly value?: Bytes
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[]>>
}

export type Encoder = {
  buf: Buffer
  offset: number
  readonly buffer: Buffer
  writeInt8(value: number): Encoder
  writeVarInt(value: number): Encoder
  writeVarLong(value: number): Encoder
  writeVarIntBytes(value: Bytes): Encoder
  writeVarIntString(value: string): Encoder
}

type EncoderClass = {
  readonly prototype: Encoder
  sizeOfVarInt(value: number): number
  sizeOfVarLong(value: number): number
  sizeOfVarIntBytes(value: Bytes): number
}

/**
 * D8. The encoder of one record, into one buffer of the right size. kafkajs gives every record, and every header,
 * a zeroed buffer of its own that then grows by copying.
 */
export function recordEncoder(Encoder: EncoderClass): (record: EncodedRecord) => Encoder {
  return ({ offsetDelta = 0, timestampDelta = 0, key, value, headers = {} }) => {
    const fields: [string, Bytes][] = []
    for (const [name, held] of Object.entries(headers)) {
      if (isList(held)) for (const item of held) fields.push([name, item])
      else fields.push([name, held])
    }
    let size = 1 + Encoder.sizeOfVarLong(timestampDelta) + Encoder.sizeOfVarInt(offsetDelta)
    size += Encoder.sizeOfVarIntBytes(key) + Encoder.sizeOfVarIntBytes(value) + Encoder.sizeOfVarInt(fields.length)
    for (const [name, held] of fields) size += Encoder.sizeOfVarIntBytes(name) + Encoder.sizeOfVarIntBytes(held)
    const encoder: Encoder = Object.assign(Object.create(Encoder.prototype), {
      buf: Buffer.allocUnsafe(size + Encoder.sizeOfVarInt(size)),
      offset: 0,
    })
    encoder.writeVarInt(size).writeInt8(0).writeVarLong(timestampDelta).writeVarInt(offsetDelta)
    encoder.writeVarIntBytes(key).writeVarIntBytes(value).writeVarInt(fields.length)
    for (const [name, held] of fields) encoder.writeVarIntString(name).writeVarIntBytes(held)
    return encoder
  }
}

const isList = (held: Bytes | readonly Bytes[]): held is readonly Bytes[] => Array.isArray(held)

export function fixRecordEncoder(): void {
  replace('protocol/recordBatch/record/v0/index.js', recordEncoder(upstream<EncoderClass>('protocol/encoder.js')))
}
