import { readFileSync } from 'node:fs'

/** The part of Avro that our schemas use: records, arrays, maps, primitives, and `["null", T]`. */
export type AvroType = string | AvroRecord | AvroArray | AvroMap | readonly AvroType[]
export type AvroArray = { readonly type: 'array'; readonly items: AvroType }
export type AvroMap = { readonly type: 'map'; readonly values: AvroType }
export type AvroField = {
  readonly name: string
  readonly type: AvroType
  readonly doc?: string
  readonly default?: unknown
  /** Marks the body of a kind of event; a field without it stands beside the bodies. */
  readonly kind?: string
}
export type AvroRecord = {
  readonly type: 'record'
  readonly name: string
  readonly namespace?: string
  readonly doc?: string
  /** Marks a changelog: it has no envelope but `kind` and `expiresAt`. */
  readonly state?: boolean
  readonly fields: readonly AvroField[]
}

const stateEnvelope: readonly AvroField[] = [
  { name: 'kind', type: 'string', doc: 'Which of the bodies below is set' },
  { name: 'expiresAt', type: ['null', 'long'], doc: 'Task time after which the entry counts as absent', default: null },
]

/** Reads the source of a schema: the bodies of its kinds, without the envelope. */
export function readSource(file: URL): AvroRecord {
  return JSON.parse(readFileSync(file, 'utf8')) as AvroRecord
}

/** The schema as it is registered: envelope first, then what the topic adds. Named types are defined at first use. */
export function complete(source: AvroRecord, envelope: AvroRecord): AvroRecord {
  const { state, ...rest } = source
  const head = state === true ? stateEnvelope : envelope.fields
  return { ...rest, fields: [...head, ...source.fields] }
}

export function kindsOf(source: AvroRecord): readonly AvroField[] {
  return source.fields.filter(field => field.kind !== undefined)
}

export function isRecord(type: AvroType): type is AvroRecord {
  return typeof type === 'object' && 'type' in type && type.type === 'record'
}

/** In Avro a named type is defined once and named afterwards; our sources repeat it, which reads better. */
export function nameOnce(type: AvroType, seen = new Set<string>()): AvroType {
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return type.map((branch: AvroType) => nameOnce(branch, seen))
  if (isRecord(type)) {
    if (seen.has(type.name)) return type.name
    seen.add(type.name)
    return { ...type, fields: type.fields.map(field => ({ ...field, type: nameOnce(field.type, seen) })) }
  }
  const shaped = type as AvroArray | AvroMap
  if (shaped.type === 'array') return { type: 'array', items: nameOnce(shaped.items, seen) }
  return { type: 'map', values: nameOnce(shaped.values, seen) }
}
