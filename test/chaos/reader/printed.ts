/** A committed record, as Kafka's own consumer saw it. */
export type ReadRecord = {
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/**
 * What the console consumer is told to print, so that any bytes come back: partition, offset, key and value, apart by a tab. Key and value go
 * through `BytesDeserializer`, whose text (`org.apache.kafka.common.utils.Bytes`) is letters, digits and
 * some signs as they are and every other byte as \xHH, the backslash, tabs and ends of line among them.
 *
 * `none` is printed for a key or a value that is not there, and goes the same way: letters and digits that no record holds.
 */
export function formatterProperties(none: string): readonly string[] {
  return [
    'print.partition=true',
    'print.offset=true',
    'print.key=true',
    'print.value=true',
    'key.deserializer=org.apache.kafka.common.serialization.BytesDeserializer',
    'value.deserializer=org.apache.kafka.common.serialization.BytesDeserializer',
    `null.literal=${none}`,
  ]
}

const line = /^Partition:(\d+)\tOffset:(\d+)\t([^\t]*)\t([^\t]*)$/

/** One printed line. Throws where it is none: a record must not be passed over. */
export function parsePrinted(text: string, none: string): ReadRecord {
  const [, partition, offset, key, value] = line.exec(text) ?? []
  if (partition === undefined || offset === undefined || key === undefined || value === undefined)
    throw new Error(`the console consumer printed no record: ${text.slice(0, 200)}`)
  const bytes = (printed: string) => (printed === none ? null : bytesOf(printed))
  return { partition: Number(partition), offset: Number(offset), key: bytes(key), value: bytes(value) }
}

function bytesOf(printed: string): Buffer {
  if (!printed.includes('\\')) return Buffer.from(printed, 'latin1')
  const bytes = Buffer.alloc(printed.length)
  let length = 0
  for (let at = 0; at < printed.length; at++) {
    if (printed[at] !== '\\') {
      bytes[length++] = printed.charCodeAt(at)
      continue
    }
    const hex = /^\\x([0-9A-F]{2})$/.exec(printed.slice(at, at + 4))?.[1]
    if (hex === undefined) throw new Error(`no bytes are printed as ${printed.slice(at, at + 20)}`)
    bytes[length++] = Number.parseInt(hex, 16)
    at += 3
  }
  return bytes.subarray(0, length)
}
