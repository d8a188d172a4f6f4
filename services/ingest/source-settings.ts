import type { Pap, Tlp } from '../../core/tlp.ts'
import type { Kind } from './sources/kind.ts'

/** What is said of a source in `sources.yaml`, with every default filled in. */
export type SourceSettings = {
  readonly name: string
  readonly kind: Kind
  /** Unsealed records of this topic (without prefix) come from this source. */
  readonly topic: string | null
  readonly tenant: string
  readonly site: string | null
  readonly tlp: Marking<Tlp> & { readonly numbering: 'thehive4' | 'thehive5' }
  readonly pap: Marking<Pap>
  /** For how long, from the first receipt, an equal alert is a repeat. */
  readonly dedupeMs: number
}

export type Marking<Level> = {
  /** Where the alert says nothing. */
  readonly default: Level
  /** What a number or word of this sender means, by its text. */
  readonly map: Readonly<Record<string, Level>>
  /** Nothing of this source is marked lower. */
  readonly least: Level
}

const hour = 60 * 60 * 1000

/** ElastAlert2 resends for two days what was not acknowledged, unless its `alert_time_limit` says otherwise. */
export function dedupeMsOf(kind: Kind): number {
  return kind.startsWith('elastalert') ? 49 * hour : hour
}

export function defaultSettings(name: string, kind: Kind): SourceSettings {
  return {
    name,
    kind,
    topic: null,
    tenant: 'default',
    site: null,
    tlp: { numbering: 'thehive4', default: 'AMBER', map: {}, least: 'CLEAR' },
    pap: { default: 'AMBER', map: {}, least: 'CLEAR' },
    dedupeMs: dedupeMsOf(kind),
  }
}

export type Sources = ReadonlyMap<string, SourceSettings>

/** Without a file: each kind is a source of its own name. */
export function defaultSources(kinds: readonly Kind[]): Sources {
  return new Map(kinds.map(kind => [kind, defaultSettings(kind, kind)]))
}

/** The correlation domain of a tenant's alerts from a source. A site divides the source's own tenant only. */
export function domainOf(tenant: string, settings: SourceSettings): string {
  return settings.site !== null && settings.tenant === tenant ? `${tenant}/${settings.site}` : tenant
}
