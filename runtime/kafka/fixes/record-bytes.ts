/** Kafka's variable-length numbers and fields (KIP-98, record format v2), written into and read from a plain buffer. */

export type Bytes = Buffer | string | null | undefined

/** Bytes that a zigzag varint takes, for any whole number that a double holds. */
export function varintBytes(value: number): number {
  let rest = value < 0 ? -value * 2 - 1 : value * 2
  let size = 1
  while (rest >= 128) {
    rest = Math.floor(rest / 128)
    size++
  }
  return size
}

export function writeVarint(into: Buffer, at: number, value: number): number {
  let rest = value < 0 ? -value * 2 - 1 : value * 2
  let offset = at
  while (rest >= 128) {
    into[offset++] = (rest % 128) | 0x80
    rest = Math.floor(rest / 128)
  }
  into[offset++] = rest
  return offset
}

export function fieldBytes(field: Bytes): number {
  if (field === null || field === undefined) return 1
  const length = typeof field === 'string' ? Buffer.byteLength(field) : field.length
  return varintBytes(length) + length
}

export function writeField(into: Buffer, at: number, field: Bytes): number {
  if (field === null || field === undefined) return writeVarint(into, at, -1)
  if (typeof field === 'string') {
    const length = Buffer.byteLength(field)
    const offset = writeVarint(into, at, length)
    into.write(field, offset, length, 'utf8')
    return offset + length
  }
  const offset = writeVarint(into, at, field.length)
  into.set(field, offset)
  return offset + field.length
}

/** Reads one number after another; a number that the buffer does not hold whole is an error. */
export class Cursor {
  readonly bytes: Buffer
  offset: number

  constructor(bytes: Buffer, offset = 0) {
    this.bytes = bytes
    this.offset = offset
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.bytes[this.offset++]
      if (byte === undefined || scale > 2 ** 63) throw new RangeError('a varint is cut short or too long')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) break
      scale *= 128
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** A view on the bytes, or null. */
  field(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const start = this.offset
    this.offset += length
    if (this.offset > this.bytes.length) throw new RangeError('a field is cut short')
    return this.bytes.subarray(start, this.offset)
  }
}
