import { canonicalJson } from '../../core/canonical.ts'
import { digest } from '../../core/ids.ts'
import { compileOwn, type Own } from '../../core/observable/reserved.ts'
import { compileWarninglists, type Warninglist, type WarninglistMatcher } from '../../core/warninglist.ts'
import { defaultSources, type Sources } from './source-settings.ts'

/** Everything that a decision of ingest follows from beside the record. */
export type IngestRules = {
  readonly hash: string
  /** What is recorded under the hash: settings in full, warninglists by their digests, never the secret. */
  readonly content: string
  readonly sources: Sources
  /** The secret of the API's seal; `null` where no API writes, so that no header is believed. */
  readonly secret: string | null
  readonly own: Own
  readonly warninglists: WarninglistMatcher
}

export type IngestSettings = {
  readonly sources?: Sources
  readonly secret?: string | null
  readonly ownNetworks?: readonly string[]
  readonly ownDomains?: readonly string[]
  readonly warninglists?: readonly Warninglist[]
}

export function ingestRulesOf(settings: IngestSettings = {}): IngestRules {
  const { sources = defaultSources, secret = null, ownNetworks = [], ownDomains = [], warninglists = [] } = settings
  const content = canonicalJson({
    sources: Object.fromEntries(sources),
    ownNetworks,
    ownDomains,
    warninglists: warninglists.map(list => digest([canonicalJson(list)])),
  })
  return {
    hash: digest(['ingest-rules', content]),
    content,
    sources,
    secret,
    own: compileOwn({ networks: ownNetworks, domains: ownDomains }),
    warninglists: compileWarninglists(warninglists),
  }
}
