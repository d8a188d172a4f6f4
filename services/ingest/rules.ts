import { canonicalJson } from '../../core/canonical.ts'
import { digest } from '../../core/ids.ts'
import { type Marker, type MarkerSettings, markerOf } from '../../core/observable/marker.ts'
import { defaultSources, type Sources } from './source-settings.ts'

/** Everything that a decision of ingest follows from beside the record. */
export type IngestRules = {
  readonly hash: string
  /** What is recorded under the hash: settings in full, warninglists by their digests, never the secret. */
  readonly content: string
  readonly sources: Sources
  /** The secret of the API's seal; `null` where no API writes, so that no header is believed. */
  readonly secret: string | null
  readonly marker: Marker
}

export type IngestSettings = MarkerSettings & {
  readonly sources?: Sources
  readonly secret?: string | null
}

export function ingestRulesOf(settings: IngestSettings = {}): IngestRules {
  const { sources = defaultSources, secret = null, ...marking } = settings
  const marker = markerOf(marking)
  const content = canonicalJson({ sources: Object.fromEntries(sources), ...marker.content })
  return { hash: digest(['ingest-rules', content]), content, sources, secret, marker }
}
