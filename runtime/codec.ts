import { readFileSync } from 'node:fs'
import avro from 'avsc'
import { messageOf, VigiaError } from '../core/errors.ts'
import type { Topic } from '../schemas/topic.ts'
import type { Registry } from './registry.ts'

/**
 * Avro in Confluent wire format: 0x00, 4 bytes of schema id, the datum. Synchronous on the hot path: ids that were
 * never met are looked up by `learn` once per batch, and one resolver is kept per (writer's id, reader's topic).
 * A poison id costs one look-up per `negativeMs`, not one per record.
 */
export type Codec = {
  encode(topic: Topic, value: object): Buffer
  /** Throws `VIG_VALUE_UNREADABLE` or `VIG_SCHEMA_UNKNOWN`. Never call it for an id that was not learned. */
  decode(topic: Topic, bytes: Buffer): DecodedValue
  /** Fetches the schemas of the ids in these values that are not known yet. */
  learn(values: Iterable<Buffer | null>): Promise<void>
}

/** As Avro gives it: all bodies are there, all but one of them null. */
export type DecodedValue = { readonly kind: string } & Readonly<Record<string, unknown>>

type Writer = { readonly id: number; readonly type: avro.Type }
/** The magic byte and the schema id before the datum. */
const header = 5
/** Most events fit; one that does not is encoded a second time, into a larger one that is kept. */
const scratchBytes = 16 * 1024
const negativeMs = 30_000

export type CodecOptions = {
  readonly registry: Registry
  readonly topics: readonly Topic[]
  readonly prefix: string
  readonly clock: () => number
  /** `register`: as `schema apply` and tests do. `require`: refuses to start where a schema is not there. */
  readonly schemas: 'register' | 'require'
}

export async function codecFor(options: CodecOptions): Promise<Codec> {
  const writers = new Map<string, Writer>()
  const missing: string[] = []
  for (const topic of options.topics.filter(each => each.schema)) {
    const text = schemaText(topic)
    const subject = `${options.prefix}${topic.name}-value`
    const id =
      options.schemas === 'register'
        ? await options.registry.register(subject, text, topic.compatibility)
        : await options.registry.idOf(subject, text)
    if (id === undefined) missing.push(subject)
    else writers.set(topic.name, { id, type: avro.Type.forSchema(JSON.parse(text)) })
  }
  if (missing.length > 0) throw new VigiaError('VIG_SCHEMA_MISFIT', `not registered: ${missing.join(', ')}`)
  return codec(writers, options)
}

/** The schema as it is registered, generated from the `.avsc` beside the catalogue. */
export function schemaText(topic: Topic): string {
  return JSON.stringify(
    JSON.parse(readFileSync(new URL(`../schemas/generated/avro/${topic.name}.json`, import.meta.url), 'utf8')),
  )
}

function codec(writers: ReadonlyMap<string, Writer>, options: CodecOptions): Codec {
  const known = new Map<number, avro.Type>()
  const unknown = new Map<number, number>()
  const resolvers = new Map<string, avro.Resolver>()
  let scratch = Buffer.allocUnsafeSlow(scratchBytes)
  for (const { id, type } of writers.values()) known.set(id, type)

  const resolver = (id: number, topic: Topic, reader: Writer): avro.Resolver | undefined => {
    const name = `${id} ${topic.name}`
    const cached = resolvers.get(name)
    if (cached !== undefined) return cached
    const type = known.get(id)
    if (type === undefined)
      throw new VigiaError('VIG_SCHEMA_UNKNOWN', `schema id ${id} is not in the registry`, { schemaId: id })
    const made = resolverFor(reader, type, id)
    resolvers.set(name, made)
    return made
  }

  return {
    encode(topic, value) {
      const writer = writers.get(topic.name)
      if (writer === undefined) throw new VigiaError('VIG_SCHEMA_MISFIT', `no schema for the topic ${topic.name}`)
      try {
        let end = writer.type.encode(value, scratch, header)
        if (end < 0) {
          // Minus the bytes that are missing.
          scratch = Buffer.allocUnsafeSlow(2 * (scratch.length - end))
          end = writer.type.encode(value, scratch, header)
        }
        scratch[0] = 0
        scratch.writeUInt32BE(writer.id, 1)
        return Buffer.from(scratch.subarray(0, end))
      } catch (error) {
        throw new VigiaError(
          'VIG_DECISION_FAILED',
          `a ${topic.name} event does not fit its schema: ${messageOf(error)}`,
        )
      }
    },
    decode(topic, bytes) {
      const reader = writers.get(topic.name)
      if (reader === undefined) throw new VigiaError('VIG_SCHEMA_MISFIT', `no schema for the topic ${topic.name}`)
      const id = idIn(bytes)
      if (id === undefined) throw new VigiaError('VIG_VALUE_UNREADABLE', 'the value is not in Confluent wire format')
      const resolve = id === reader.id ? undefined : resolver(id, topic, reader)
      try {
        const { value, offset } = reader.type.decode(bytes, header, resolve) as { value: DecodedValue; offset: number }
        if (offset < 0) throw new Error('truncated')
        if (offset < bytes.length) throw new Error('trailing bytes')
        return value
      } catch (error) {
        throw new VigiaError('VIG_VALUE_UNREADABLE', `the Avro bytes do not fit schema id ${id}: ${messageOf(error)}`)
      }
    },
    async learn(values) {
      const now = options.clock()
      const wanted = new Set<number>()
      for (const value of values) {
        const id = value === null ? undefined : idIn(value)
        if (id !== undefined && !known.has(id) && (unknown.get(id) ?? 0) <= now) wanted.add(id)
      }
      for (const id of wanted) {
        const text = await options.registry.schemaOf(id)
        if (text === undefined) unknown.set(id, now + negativeMs)
        else known.set(id, avro.Type.forSchema(JSON.parse(text)))
      }
    },
  }
}

function resolverFor(reader: Writer, type: avro.Type, id: number): avro.Resolver {
  try {
    return reader.type.createResolver(type)
  } catch (error) {
    throw new VigiaError('VIG_VALUE_UNREADABLE', `schema id ${id} cannot be read as this topic's: ${messageOf(error)}`)
  }
}

function idIn(bytes: Buffer): number | undefined {
  return bytes.length >= header && bytes[0] === 0 ? bytes.readUInt32BE(1) : undefined
}
