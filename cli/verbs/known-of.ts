import { normalise } from '../../core/observable/normalise.ts'
import { observableTypes } from '../../core/observable/types.ts'
import type { CaseEvent, IndicatorRecord, ObservableRecord, ResultRecord } from '../../schemas/generated/types.ts'
import { sentence } from '../explain/sentence.ts'

export type Sightings = {
  readonly observables: readonly ObservableRecord[]
  readonly indicators: readonly IndicatorRecord[]
  readonly results: readonly ResultRecord[]
  readonly caseEvents: readonly CaseEvent[]
}

/** All that is known of one value, whatever type it was seen as. */
export type Known = {
  readonly seen: readonly {
    readonly type: string
    readonly value: string
    readonly domain: string
    readonly role: string
    readonly tlp: string
    readonly flags: readonly string[]
    readonly firstSeenAt: number
  }[]
  readonly indicators: readonly {
    readonly source: string
    readonly scope: string
    readonly type: string
    readonly eventInfo: string
    readonly eventUuid: string
    readonly toIds: boolean
    readonly timestamp: number
  }[]
  readonly results: readonly {
    readonly at: number
    readonly kind: string
    readonly domain: string
    readonly says: string
  }[]
  readonly cases: readonly { readonly domain: string; readonly number: number; readonly caseId: string }[]
}

/** As it is written, and in the normal form of every type that it may be of: `EVIL[.]example` finds `evil.example`. */
export function formsOf(value: string): ReadonlySet<string> {
  const normal = observableTypes.flatMap(type => normalise(type, value)?.value ?? [])
  return new Set([value, ...normal])
}

export function knownOf(value: string, { observables, indicators, results, caseEvents }: Sightings): Known {
  const forms = formsOf(value)
  return {
    seen: observables
      .filter(({ observable }) => forms.has(observable.value))
      .map(({ observable: { depth: _, ...seen }, domain, tlp }) => ({ ...seen, domain, tlp })),
    indicators: indicators
      .filter(({ indicator }) => forms.has(indicator.value))
      .map(({ indicator: { source, scope, type, eventInfo, eventUuid, toIds, timestamp } }) => {
        return { source, scope, type, eventInfo, eventUuid, toIds, timestamp }
      }),
    results: results
      .filter(event => forms.has(valueIn(event)))
      .map(event => ({ at: event.at, kind: event.kind, domain: event.domain, says: sentence(event) }))
      .sort((a, b) => a.at - b.at),
    cases: casesWith(forms, caseEvents),
  }
}

function valueIn(event: ResultRecord): string {
  if (event.kind === 'report') return event.report.value
  if (event.kind === 'failure') return event.failure.value
  return event.kind === 'refusal' ? event.refusal.value : event.match.value
}

function casesWith(forms: ReadonlySet<string>, events: readonly CaseEvent[]): Known['cases'] {
  const cases = new Map<string, Known['cases'][number]>()
  for (const event of events) {
    if (event.kind !== 'alert-linked' || event.case === null) continue
    const { caseId, number } = event.case
    if (event.alertLinked.observables.some(each => forms.has(each.value)))
      cases.set(`${event.domain}#${caseId}`, { domain: event.domain, number, caseId })
  }
  return [...cases.values()]
}
