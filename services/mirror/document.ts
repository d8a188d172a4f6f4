import type { EcsDocument } from '../../schemas/ecs.ts'
import type { Envelope } from '../../schemas/generated/types.ts'

/** Of the fields that are used here all are the same in ECS 8 and 9. */
const version = '8.17.0'

const longestMessage = 8_000

/** Elastic's own numbers for its severities. */
const severities: Readonly<Record<string, number>> = { low: 21, medium: 47, high: 73, critical: 99 }

type Part = Readonly<Record<string, unknown>>

/** What a document says beside the envelope; what is absent or empty is left out. */
export type Said = {
  readonly dataset: 'alerts' | 'case_events' | 'analysis_results' | 'responses'
  readonly message: string
  readonly event?: Partial<Pick<EcsDocument['event'], 'kind' | 'category' | 'type'>> & {
    readonly outcome?: string | undefined
    readonly reason?: string | undefined
    readonly severity?: string | undefined
    readonly url?: string | undefined
  }
  readonly vigia?: Part
  readonly fields?: Part
}

/** The document of an event: the fields that all have, and what its kind says. */
export function documentOf(envelope: Envelope & { readonly kind: string }, said: Said): EcsDocument {
  const { id, kind, causeId, rawId, domain, tenant, tlp, pap, seq, eventTime, at, processTime, attempt } = envelope
  const { severity, reason, ...event } = said.event ?? {}
  return withoutAbsent({
    '@timestamp': iso(eventTime),
    ecs: { version },
    message: beginning(said.message, longestMessage),
    event: {
      id,
      kind: 'event',
      category: ['intrusion_detection'],
      type: ['info'],
      module: 'vigia',
      dataset: `vigia.${said.dataset}`,
      action: kind,
      created: iso(at),
      ingested: iso(processTime),
      severity: severity === undefined ? undefined : severities[severity],
      reason: reason === undefined ? undefined : beginning(reason, longestMessage),
      ...event,
    },
    vigia: {
      ...{ tenant, domain, tlp, pap, cause_id: causeId, raw_id: rawId ?? undefined, seq: seq ?? undefined },
      attempt: attempt === 0 ? undefined : attempt,
      ...said.vigia,
    },
    ...said.fields,
  }) as EcsDocument
}

/** A text whole, or its beginning without half a character at the end. */
export function beginning(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).toWellFormed()
}

/** Epoch ms as ISO 8601; what no date can hold is the beginning of time rather than an error. */
export function iso(at: number): string {
  return new Date(Math.abs(at) <= 8.64e15 ? at : 0).toISOString()
}

function withoutAbsent(part: Part): Part {
  const kept: [string, unknown][] = []
  for (const [name, value] of Object.entries(part)) {
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue
    if (typeof value !== 'object' || Array.isArray(value)) kept.push([name, value])
    else {
      const inner = withoutAbsent(value as Part)
      if (Object.keys(inner).length > 0) kept.push([name, inner])
    }
  }
  return Object.fromEntries(kept)
}
