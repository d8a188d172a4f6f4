import { canonicalJson } from '../../core/canonical.ts'
import { digest } from '../../core/ids.ts'
import { type Marker, type MarkerSettings, markerOf } from '../../core/observable/marker.ts'
import { type MapperSet, shippedSet } from './mappings/mapper-set.ts'
import { defaultSources, type SourceSettings, type Sources } from './source-settings.ts'

/** Everything that a decision of ingest follows from beside the record. */
export type IngestRules = {
  readonly hash: string
  /** What is recorded under the hash: settings and mappings in full, warninglists by their digests, never the secret. */
  readonly content: string
  /** By their names: each kind, and what `sources.yaml` says. */
  readonly sources: Sources
  /** Of those that have a topic of their own, by that. */
  readonly byTopic: ReadonlyMap<string, SourceSettings>
  readonly mappers: MapperSet
  /** The secret of the API's seal; `null` where no API writes, so that no header is believed. */
  readonly secret: string | null
  readonly marker: Marker
}

export type IngestSettings = MarkerSettings & {
  /** What `sources.yaml` says. */
  readonly sources?: Sources
  readonly mappers?: MapperSet
  readonly secret?: string | null
}

export function ingestRulesOf(settings: IngestSettings = {}): IngestRules {
  const { sources: given = new Map(), mappers = shippedSet(), secret = null, ...marking } = settings
  const marker = markerOf(marking)
  const kinds = mappers.all.map(({ mapper }) => mapper.kind)
  const sources = new Map([...defaultSources(kinds), ...given])
  const byTopic = new Map(
    [...sources.values()].flatMap(each => (each.topic === null ? [] : [[each.topic, each] as const])),
  )
  const content = canonicalJson({
    sources: Object.fromEntries(sources),
    mappings: mappers.recorded,
    ...marker.content,
  })
  return { hash: digest(['ingest-rules', content]), content, sources, byTopic, secret, marker, mappers }
}
