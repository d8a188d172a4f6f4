import {
  type AvroArray,
  type AvroField,
  type AvroMap,
  type AvroRecord,
  type AvroType,
  isRecord,
  kindsOf,
} from './avro.ts'

/** TypeScript from Avro: record → type, array → readonly array, `["null", T]` → `T | null`, kinds → a discriminated union. */
export function typesFor(sources: readonly AvroRecord[], envelope: AvroRecord): string {
  const bodies = new Map<string, string>()
  const unions = sources.map(source => unionOf(source, bodies))
  return [
    '// Generated from the .avsc files by `npm run generate`. Not to be edited.',
    `/** ${envelope.doc} */\nexport type Envelope = ${shapeOf(envelope.fields, bodies, ['kind'])}`,
    '/** What a changelog entry carries beside its body. */\nexport type StateEnvelope = {\n  readonly expiresAt: number | null\n}',
    ...bodies.values(),
    ...unions,
  ]
    .join('\n\n')
    .concat('\n')
}

function unionOf(source: AvroRecord, bodies: Map<string, string>): string {
  const kinds = kindsOf(source)
  const beside = source.fields.filter(field => field.kind === undefined)
  const head = [
    source.state === true ? 'StateEnvelope' : 'Envelope',
    ...(beside.length > 0 ? [shapeOf(beside, bodies)] : []),
  ].join(' & ')
  const cases = kinds.map(kind => {
    const body = (kind.type as readonly AvroType[])[1] as AvroType
    return `  | { readonly kind: '${kind.kind}'; readonly ${kind.name}: ${nameOf(body, bodies)} }`
  })
  return `/** ${source.doc} */\nexport type ${source.name} = ${head} & (\n${cases.join('\n')}\n)`
}

function nameOf(type: AvroType, bodies: Map<string, string>): string {
  if (typeof type === 'string') return primitive(type)
  if (Array.isArray(type))
    return type
      .map((branch: AvroType) => nameOf(branch, bodies))
      .sort(nullLast)
      .join(' | ')
  if (isRecord(type)) {
    if (!bodies.has(type.name)) {
      bodies.set(type.name, '')
      const doc = type.doc === undefined || type.doc === '' ? '' : `/** ${type.doc} */\n`
      bodies.set(type.name, `${doc}export type ${type.name} = ${shapeOf(type.fields, bodies)}`)
    }
    return type.name
  }
  const shaped = type as AvroArray | AvroMap
  if (shaped.type === 'array') return `readonly ${wrap(nameOf(shaped.items, bodies))}[]`
  return `Readonly<Record<string, ${nameOf(shaped.values, bodies)}>>`
}

function shapeOf(fields: readonly AvroField[], bodies: Map<string, string>, leaveOut: readonly string[] = []): string {
  const lines = fields
    .filter(field => !leaveOut.includes(field.name))
    .map(field => {
      const doc = field.doc === undefined ? '' : `  /** ${field.doc} */\n`
      return `${doc}  readonly ${field.name}: ${nameOf(field.type, bodies)}`
    })
  return `{\n${lines.join('\n')}\n}`
}

function primitive(name: string): string {
  const known: Readonly<Record<string, string>> = {
    string: 'string',
    long: 'number',
    int: 'number',
    double: 'number',
    boolean: 'boolean',
    bytes: 'Buffer',
    null: 'null',
  }
  const type = known[name]
  if (type === undefined) throw new Error(`a primitive that the generator does not know: ${name}`)
  return type
}

function nullLast(a: string, b: string): number {
  return Number(a === 'null') - Number(b === 'null')
}

function wrap(type: string): string {
  return type.includes(' ') ? `(${type})` : type
}
