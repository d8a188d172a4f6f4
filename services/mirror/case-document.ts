import type { EcsDocument } from '../../schemas/ecs.ts'
import type { Case, CaseEvent } from '../../schemas/generated/types.ts'
import { documentOf, iso, type Said } from './document.ts'
import { relatedOf, type Seen } from './observable-fields.ts'

/** A fact of a case, with the case as it stood after it. */
export function caseDocument(event: CaseEvent): EcsDocument {
  const { case: after, caseId } = event
  const { message, reason, vigia, seen = [] } = factOf(event)
  return documentOf(event, {
    dataset: 'case_events',
    message: after === null ? message : `case ${after.number}: ${message}`,
    event: { reason, severity: after?.severity },
    vigia: { case: { id: caseId ?? undefined, ...summaryOf(after) }, verdict: after?.verdict, ...vigia },
    fields: { related: relatedOf([...seen, ...(after?.joinedOn ?? [])]) },
  })
}

type Fact = Pick<Said, 'message' | 'vigia'> & { readonly reason?: string; readonly seen?: readonly Seen[] }

function factOf(event: CaseEvent): Fact {
  switch (event.kind) {
    case 'case-opened': {
      const { reason } = event.caseOpened
      return { message: 'opened', reason }
    }
    case 'alert-linked': {
      const { alertId, fingerprint, source, title, joinedOn, observables } = event.alertLinked
      const alert = { alert_id: alertId, fingerprint, source, joined_on: joinedOn.map(asText) }
      return { message: `alert linked: ${title}`, vigia: alert, seen: observables }
    }
    case 'alert-repeated': {
      const { alertId, firstAlertId, fingerprint, source, count } = event.alertRepeated
      const vigia = { alert_id: alertId, first_alert_id: firstAlertId, fingerprint, source, repeats: count }
      return { message: `alert of ${source} repeated`, vigia }
    }
    case 'alert-suppressed': {
      const { alertId, fingerprint, source, suppressionId, reason } = event.alertSuppressed
      const vigia = { alert_id: alertId, fingerprint, source, suppression_id: suppressionId }
      return { message: `alert of ${source} suppressed`, reason, vigia }
    }
    case 'analysis-folded': {
      const { analyzer, type, value, verdict, score } = event.analysisFolded
      const vigia = { analyzer, observable: { type, value }, finding: { verdict, score } }
      return { message: `${analyzer} says ${verdict} of ${type} ${value}`, vigia, seen: [{ type, value }] }
    }
    case 'indicator-matched': {
      const { source, type, value, indicatorUuid, eventUuid, eventInfo, retro } = event.indicatorMatched
      const vigia = { indicator_source: source, observable: { type, value }, retro, indicator_event: eventInfo }
      return {
        message: `${source} knows ${type} ${value}`,
        vigia: { ...vigia, indicator_uuid: indicatorUuid, indicator_event_uuid: eventUuid },
        seen: [{ type, value }],
      }
    }
    case 'verdict-changed': {
      const { from, to, because } = event.verdictChanged
      return { message: `verdict ${from} -> ${to}`, reason: because, vigia: { verdict_before: from } }
    }
    case 'case-closed': {
      const { by, reason } = event.caseClosed
      return { message: `closed by ${by}`, reason, vigia: { by } }
    }
    case 'suppression-added':
    case 'suppression-ended': {
      const { suppressionId, by, reason } =
        event.kind === 'suppression-added' ? event.suppressionAdded : event.suppressionEnded
      const what = event.kind === 'suppression-added' ? 'added' : 'ended'
      return { message: `suppression ${what} by ${by}`, reason, vigia: { suppression_id: suppressionId, by } }
    }
    case 'noted':
      return { message: 'noted', reason: event.noted.reason }
  }
}

function summaryOf(after: Case | null) {
  if (after === null) return {}
  const { number, status, title, severity, tlp, verdict, score, alerts, repeats, openedAt } = after
  return {
    number,
    status,
    title,
    severity,
    tlp,
    verdict,
    score,
    alerts,
    repeats,
    opened: iso(openedAt),
  }
}

function asText({ type, value }: Seen): string {
  return `${type}|${value}`
}
