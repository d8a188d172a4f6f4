import type { SourceFile } from '../../../core/yaml-file.ts'
import type { JsonObject } from '../json-object.ts'
import { codeMappers, genericMapper, kindOfDeclared } from '../sources/detect.ts'
import type { SourceMapper } from '../sources/mapped.ts'
import type { DeclaredMapper } from './compile.ts'
import { type LoadedMapper, mappingFilesIn, shippedMappings, usersMappings } from './load.ts'

export type MapperOrigin = 'yours' | 'code' | 'shipped'

/** Everything that reads documents. */
export type MapperSet = {
  /** In the order in which a document of no declared source is offered to them. */
  readonly all: readonly { readonly mapper: SourceMapper | DeclaredMapper; readonly origin: MapperOrigin }[]
  /** What fits a document by its shape; the generic mapper where nothing else does. */
  readonly ofShape: (body: JsonObject) => SourceMapper
  /**
   * What reads a document of a source that is declared to be of a kind. A mapping that does not fit gives way to the shape, so that
   * a topic with several kinds of records is understood.
   */
  readonly ofDeclared: (kind: string, body: JsonObject) => SourceMapper
  /** The mappings by their kinds, as they are recorded in the rule set. */
  readonly recorded: Readonly<Record<string, unknown>>
}

/** The users' mappings before the mappers in code, then those that ship and are not replaced, the generic one last. */
function mapperSetOf(yours: readonly LoadedMapper[]): MapperSet {
  const ownKinds = new Set(yours.map(({ kind }) => kind))
  const shipped = shippedMappings().filter(({ kind }) => !ownKinds.has(kind))
  const byShape: readonly (SourceMapper | DeclaredMapper)[] = [...yours, ...codeMappers, ...shipped]
  const origins = { yours, code: [...codeMappers, genericMapper], shipped }
  const all = [...byShape, genericMapper].map(mapper => ({
    mapper,
    origin: (['yours', 'code', 'shipped'] as const).find(name => origins[name].some(each => each === mapper)) ?? 'code',
  }))
  const byKind = new Map(all.map(({ mapper }) => [mapper.kind, mapper]))
  const declared: ReadonlyMap<string, DeclaredMapper> = new Map([...yours, ...shipped].map(each => [each.kind, each]))
  const ofShape = (body: JsonObject) => byShape.find(mapper => mapper.fits(body)) ?? genericMapper
  return {
    all,
    ofShape,
    ofDeclared(kind, body) {
      const mapping = declared.get(kind)
      if (mapping?.mapping.when !== undefined && !mapping.fits(body)) return ofShape(body)
      return byKind.get(kindOfDeclared(kind, body)) ?? ofShape(body)
    },
    recorded: Object.fromEntries([...yours, ...shipped].map(({ kind, recorded }) => [kind, recorded])),
  }
}

/** The set with the mappings of a folder, and of further files. Throws `VIG_FILE_INVALID` with every problem of them. */
export function mappersWith(folder: string | undefined, more: readonly SourceFile[] = []): MapperSet {
  return mapperSetOf(usersMappings([...(folder === undefined ? [] : mappingFilesIn(folder)), ...more]))
}

let shippedOnly: MapperSet | undefined

/** The set without mappings of the user's own; made once. */
export function shippedSet(): MapperSet {
  shippedOnly ??= mapperSetOf([])
  return shippedOnly
}
