import { eventIdOf, partIdOf, rawIdOf } from '../../core/ids.ts'
import type {
  Action,
  AlertRecord,
  Case,
  CaseEvent,
  CaseOpened,
  DeadLetterRecord,
  Envelope,
  ResponseEvent,
} from '../../schemas/generated/types.ts'

/** Events for tests, with ids as the services make them. */

const at = Date.parse('2026-11-20T10:00:00Z')

export function envelope(changed: Partial<Envelope> = {}): Envelope {
  return {
    ...{ id: 'e', causeId: 'c', rawId: null, domain: 'acme', tenant: 'acme', tlp: 'AMBER', pap: 'AMBER' },
    ...{ eventTime: at, at, processTime: at, seq: null, rulesetHash: null, attempt: 0 },
    ...changed,
  }
}

export type Place = {
  readonly partition?: number
  readonly offset: number
  readonly part?: number
  readonly parts?: number
  /** Where it was driven again: the part that it is another attempt at, and the how manieth. */
  readonly origin?: string
  readonly attempt?: number
}

function partOf(place: Place, kind: AlertRecord['kind']) {
  const { partition = 0, offset, part = 0, parts = 1, origin = null, attempt = 0 } = place
  const rawId = rawIdOf('alerts.raw', partition, offset)
  const causeId = partIdOf(rawId, part)
  const id = eventIdOf(causeId, 'ingest.normalise', kind, 0)
  return { ...envelope({ id, causeId, rawId, at: at + offset, attempt }), part, parts, origin }
}

export function someAlert(place: Place, fingerprint = 'f1'): AlertRecord {
  const { part, parts, origin, ...stamped } = partOf(place, 'alert')
  const said = { type: 'event', sourceRef: 'r', title: 'Beacon', description: '', severity: 'high', tags: [] }
  const alert = { part, parts, fingerprint, source: 'wazuh', ...said, externalLink: null, rule: null }
  const also = { techniques: [], ruleIds: [], references: [], origin }
  return { ...stamped, kind: 'alert', alert: { ...alert, ...also, dedupeMs: 3_600_000, observables: [] } }
}

export function someRejection(place: Place): AlertRecord {
  const { part, parts, origin, ...stamped } = partOf(place, 'rejection')
  const rejection = { part, parts, source: 'wazuh', code: 'VIG_ALERT_NOT_JSON', reason: 'position 0', origin }
  return { ...stamped, kind: 'rejection', rejection }
}

export function someSuppression(place: Place): AlertRecord {
  const { part, parts, origin, ...stamped } = partOf(place, 'suppression')
  return {
    ...stamped,
    kind: 'suppression',
    suppression: { part, parts, source: 'eve', policy: 'p', reason: 'flow', origin },
  }
}

export function someCase(changed: Partial<Case> = {}): Case {
  return {
    ...{ caseId: '0123456789abcdef', number: 1, status: 'open', title: 'Beacon', severity: 'high', tlp: 'AMBER' },
    ...{ pap: 'AMBER', verdict: 'unknown', score: 0, alerts: 1, repeats: 0, observables: 1, openedAt: at },
    ...{ lastAlertAt: at, closedAt: null, sources: ['wazuh'], joinedOn: [], findings: [], linkedTo: null },
    ...changed,
  }
}

type InCase = { readonly summary?: Case; readonly seq?: number; readonly domain?: string }

function caused(by: Envelope, kind: string, { summary = someCase(), seq = 1, domain = 'acme' }: InCase) {
  const { rawId } = by
  const id = eventIdOf(by.id, 'case-builder.fold', kind, 0)
  return { ...envelope({ id, causeId: by.id, rawId, at: by.at, seq, domain }), caseId: summary.caseId, case: summary }
}

export function opened(by: Envelope, place: InCase = {}): CaseEvent {
  const caseOpened: CaseOpened = { number: place.summary?.number ?? 1, reason: 'shares nothing', linkedTo: null }
  return { ...caused(by, 'case-opened', place), kind: 'case-opened', caseOpened }
}

export function linked(by: AlertRecord, place: InCase & { readonly value?: string } = {}): CaseEvent {
  const observables = place.value === undefined ? [] : [{ type: 'ip', value: place.value }]
  const said = { part: 0, parts: 1, fingerprint: 'f1', source: 'wazuh', title: 'Beacon', severity: 'high' }
  const alertLinked = { alertId: by.id, ...said, joinedOn: [], notJoined: [], observables, answered: 0 }
  return { ...caused(by, 'alert-linked', place), kind: 'alert-linked', alertLinked }
}

export function repeated(by: AlertRecord, first: AlertRecord, place: InCase = {}): CaseEvent {
  const said = { part: 0, parts: 1, fingerprint: 'f1', source: 'wazuh', firstAlertId: first.id, count: 1 }
  return { ...caused(by, 'alert-repeated', place), kind: 'alert-repeated', alertRepeated: { alertId: by.id, ...said } }
}

export function suppressed(by: AlertRecord, place: InCase = {}): CaseEvent {
  const said = { part: 0, parts: 1, fingerprint: 'f1', source: 'wazuh' }
  const suppression = { suppressionId: '5eed5eed5eed5eed', reason: 'a known scanner' }
  const alertSuppressed = { alertId: by.id, ...said, ...suppression }
  const { case: _, caseId: __, ...event } = caused(by, 'alert-suppressed', place)
  return { ...event, caseId: null, case: null, kind: 'alert-suppressed', alertSuppressed }
}

/** A dead letter of a whole raw record, as a stage leaves it that could not even read it. */
export function someDeadLetter(offset: number, partition = 0): DeadLetterRecord {
  const from = { service: 'ingest', stage: 'ingest.normalise', topic: 'alerts.raw', partition, offset }
  const said = { code: 'VIG_DECISION_FAILED', reason: 'a bug', ...from, timestamp: at, part: null }
  const deadLetter = { ...said, key: null, value: null, headers: {} }
  const rawId = rawIdOf('alerts.raw', partition, offset)
  return { ...envelope({ id: `d${rawId}`, causeId: rawId, rawId }), kind: 'dead-letter', deadLetter }
}

/** A dead letter of an alert that the fold could not decide on. */
export function deadInFold(alert: AlertRecord, offset = 900): DeadLetterRecord {
  const from = { service: 'case-builder', stage: 'case-builder.fold', topic: 'alerts', partition: 0, offset }
  const said = { code: 'VIG_DECISION_FAILED', reason: 'a bug', ...from, timestamp: alert.at, part: null }
  const deadLetter = { ...said, key: null, value: null, headers: {} }
  const { rawId, at } = alert
  const stamped = envelope({ id: `dead ${alert.id}`, causeId: alert.id, rawId, at })
  return { ...stamped, kind: 'dead-letter', deadLetter }
}

type Told =
  | { readonly kind: 'planned' }
  | { readonly kind: 'attempted' }
  | { readonly kind: 'awaiting'; readonly expiresAt: number }
  | { readonly kind: 'approved' | 'rejected'; readonly by: string }

/** What was told of an action, for the case that `someCase` is. */
export function told(actionId: string, what: Told, changed: Partial<Envelope> & { readonly mode?: string } = {}) {
  const { mode = 'live', ...stamped } = changed
  const action: Action = {
    ...{ actionId, playbook: 'p', rule: 'r', caseId: '0123456789abcdef', caseNumber: 1, type: 'notify.webhook' },
    ...{ target: 'soc', mode, approval: true, text: 'Case #1', caseTlp: 'AMBER' },
  }
  const base = { ...envelope({ id: `${what.kind}-${actionId}`, ...stamped }), action }
  return { ...base, ...bodyOf(what) } as ResponseEvent
}

function bodyOf(what: Told): object {
  switch (what.kind) {
    case 'planned':
      return { kind: what.kind, planned: { because: 'a rule' } }
    case 'attempted':
      return { kind: what.kind, attempted: { idempotencyKey: 'k' } }
    case 'awaiting':
      return { kind: what.kind, awaiting: { expiresAt: what.expiresAt } }
    default:
      return { kind: what.kind, [what.kind]: { by: what.by, reason: 'a reason' } }
  }
}
