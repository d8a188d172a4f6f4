import type { JsonObject } from '../json-object.ts'
import { type MappedField, mappedFields, type SourceMapper } from '../sources/mapped.ts'
import type { DeclaredMapper } from './compile.ts'
import type { Scope } from './path.ts'
import { parseSaying } from './said.ts'

/** Which places of a document the fields of its alert were made of. A word in `<>` says how, where it was no place. */
export type Trace = Readonly<Partial<Record<Exclude<MappedField, 'observables'>, readonly string[]>>>

/** Fields that are made of all their paths; the others are made of the first that is there. */
const lists: ReadonlySet<MappedField> = new Set(['ruleIds', 'techniques', 'references', 'tags'])

/**
 * Follows a mapper's own table of fields through a document. Exact for mappings; for a mapper in code, which may look closer at what it
 * finds, it is what the table says.
 */
export function traceOf(mapper: SourceMapper | DeclaredMapper, body: JsonObject): Trace {
  const scopes = 'scopes' in mapper ? mapper.scopes(body) : [{ prefix: '', body }]
  const traced = mappedFields.flatMap(field => {
    if (field === 'observables') return []
    const found = (mapper.fields[field] ?? []).map(text => placesOf(text, scopes)).filter(places => places.length > 0)
    const from = lists.has(field) ? found.filter(([place]) => place?.startsWith('<') !== true).flat() : found[0]
    return from === undefined || from.length === 0 ? [] : [[field, from] as const]
  })
  return Object.fromEntries(traced)
}

function placesOf(text: string, scopes: readonly Scope[]): readonly string[] {
  if (text.startsWith('<')) return [text]
  const saying = parseSaying(text)
  return saying.said(scopes)?.from ?? saying.paths.flatMap(path => path.places(scopes)).map(({ path }) => path)
}
