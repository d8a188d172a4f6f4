import type { ErrorCode } from '../../core/errors.ts'
import type { Pap, Tlp } from '../../core/tlp.ts'
import type { Alert, Rejection, Suppression } from '../../schemas/generated/types.ts'
import type { JsonObject } from './json-object.ts'
import { papOf, tlpOf } from './marking.ts'
import type { Part } from './parts.ts'
import type { IngestRules } from './rules.ts'
import { defaultSettings, domainOf, type SourceSettings } from './source-settings.ts'
import { genericMapper } from './sources/detect.ts'
import type { Kind } from './sources/kind.ts'
import type { SourceMapper } from './sources/mapped.ts'
import { toAlert } from './to-alert.ts'

/** Who is known to have sent a raw record, and where its part lies in it. */
export type Received = {
  /** The tenant that the API authenticated; `null` where the source's settings decide. */
  readonly tenant: string | null
  /** The source that was declared under the seal; `null` where topic or shape decide. */
  readonly source: string | null
  /** Topic of the raw record, without prefix. */
  readonly topic: string
  readonly at: number
  readonly part: number
  readonly parts: number
}

/** The one outcome of a part. */
type Outcome =
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'rejection'; readonly rejection: Rejection & { readonly code: ErrorCode } }
  | { readonly kind: 'suppression'; readonly suppression: Suppression }

export type Judged = {
  readonly domain: string
  readonly tenant: string
  readonly tlp: Tlp
  readonly pap: Pap
  readonly eventTime: number
  readonly outcome: Outcome
}

/** What a part is, by the source that was declared for it, or else by its shape. Total: no JSON makes it throw. */
export function judge(rules: IngestRules, received: Received, part: Part): Judged {
  const chosen = part.body === undefined ? undefined : chosenFor(rules, received, part.body)
  const settings =
    chosen?.settings ?? declaredSettings(rules, received) ?? defaultSettings(received.source ?? 'unknown', 'generic')
  const tenant = received.tenant ?? settings.tenant
  const place = { part: received.part, parts: received.parts }
  const base = {
    domain: domainOf(tenant, settings),
    tenant,
    tlp: tlpOf(undefined, [], settings) ?? 'AMBER',
    pap: papOf(undefined, [], settings) ?? 'AMBER',
    eventTime: received.at,
  }
  const reject = (code: ErrorCode, reason: string, source = settings.name): Judged => ({
    ...base,
    outcome: { kind: 'rejection', rejection: { ...place, source, code, reason: reason.slice(0, 2000), origin: null } },
  })
  if (part.body === undefined) return reject(part.code, part.reason)
  const mapper = chosen?.mapper ?? genericMapper
  const { kind } = mapper
  const source = namedSource(kind, part.body) ?? settings.name
  const mapped = mapper.map(part.body, settings.name)
  if (mapped.outcome === 'rejection') return reject('VIG_ALERT_INVALID', mapped.reason, source)
  if (mapped.outcome === 'suppression') {
    const { policy, reason } = mapped
    return {
      ...base,
      outcome: { kind: 'suppression', suppression: { ...place, source, policy, reason, origin: null } },
    }
  }
  const placed = { ...place, domain: base.domain, at: received.at, settings, kind }
  const normalised = toAlert(mapped.alert, placed, rules)
  if (normalised.alert === undefined) return reject('VIG_ALERT_INVALID', normalised.problem, source)
  const { alert, ...marked } = normalised
  return { ...base, ...marked, outcome: { kind: 'alert', alert } }
}

/** Whose a document is, what reads it, and what decided that. */
export type Chosen = {
  readonly settings: SourceSettings
  readonly mapper: SourceMapper
  readonly by: 'source' | 'topic' | 'shape'
}

type Place = Pick<Received, 'source' | 'topic'>

/** By the declared source, by the topic, or by the shape, in this order; a source without settings is read by its shape. */
export function chosenFor(rules: IngestRules, received: Place, body: JsonObject): Chosen {
  const { mappers, sources } = rules
  const declared = declaredSettings(rules, received)
  if (declared !== undefined) {
    const mapper = mappers.ofDeclared(declared.kind, body)
    return { settings: declared, mapper, by: received.source === null ? 'topic' : 'source' }
  }
  const mapper = mappers.ofShape(body)
  const name = received.source ?? mapper.kind
  return { settings: sources.get(name) ?? defaultSettings(name, mapper.kind), mapper, by: 'shape' }
}

function declaredSettings({ sources, byTopic }: IngestRules, { source, topic }: Place): SourceSettings | undefined {
  return source === null ? byTopic.get(topic) : sources.get(source)
}

/** The source that the alert itself names, as its protocol has it, so that a refused one counts for the same source. */
export function namedSource(kind: Kind, body: JsonObject): string | undefined {
  const named = speaksTheHive(kind) ? body.source : body.vigia_source
  if (typeof named === 'number' && !speaksTheHive(kind)) return String(named)
  return typeof named === 'string' && named !== '' ? named.slice(0, 128) : undefined
}

/** Whether alerts of a kind name their source as TheHive's protocol has it. */
export function speaksTheHive(kind: Kind): boolean {
  return kind === 'thehive' || kind === 'elastalert-hive'
}
