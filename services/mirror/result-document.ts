import { type Tlp, tlpAtMost } from '../../core/tlp.ts'
import type { EcsDocument } from '../../schemas/ecs.ts'
import type { Match, Report, ResultRecord } from '../../schemas/generated/types.ts'
import { documentOf, type Said } from './document.ts'
import { mirrorMax } from './mirrored.ts'
import { indicatorOf, relatedOf } from './observable-fields.ts'

/** What an analysis or an indicator says of an observable. The full report stays where it is: its hash tells which. */
export function resultDocument(event: ResultRecord): EcsDocument {
  switch (event.kind) {
    case 'report':
      return reportAs(event, event.report)
    case 'match':
      return matchAs(event, event.match)
    case 'failure':
    case 'refusal': {
      const body = event.kind === 'failure' ? event.failure : event.refusal
      const { analyzer, name, type, value, reason, says } = body
      return documentOf(event, {
        dataset: 'analysis_results',
        message: `${name} gave no report on ${type} ${value}: ${reason}`,
        event: { outcome: 'failure', reason: says === '' ? reason : says },
        vigia: {
          analyzer,
          job_id: event.kind === 'failure' ? event.failure.jobId : undefined,
          observable: { type, value },
        },
        fields: { error: { code: reason, message: says }, related: relatedOf([body]) },
      })
    }
  }
}

/** What a rule over indicators may read: only what somebody thinks ill of is told as one. */
const enrichment = { kind: 'enrichment', category: ['threat'], type: ['indicator'] } as const

function reportAs(event: ResultRecord, report: Report): EcsDocument {
  const { jobId, analyzer, name, type, value, verdict, score, taxonomies, reportHash } = report
  const isBad = verdict === 'malicious' || verdict === 'suspicious'
  const found = report.artifacts.filter(each => each.tlp === null || tlpAtMost(each.tlp as Tlp, mirrorMax))
  const said: Said = {
    dataset: 'analysis_results',
    message: `${name} says ${verdict} of ${type} ${value}`,
    event: { ...(isBad ? enrichment : {}), outcome: 'success' },
    vigia: {
      ...{ analyzer, job_id: jobId, observable: { type, value }, verdict, score, report_sha256: reportHash },
      taxonomies: taxonomies.map(each => `${each.namespace}:${each.predicate}=${each.value} (${each.level})`),
    },
    fields: {
      related: relatedOf([report, ...found]),
      threat: isBad
        ? { indicator: { ...indicatorOf(report), provider: name, marking: { tlp: event.tlp } } }
        : undefined,
    },
  }
  return documentOf(event, said)
}

function matchAs(event: ResultRecord, match: Match): EcsDocument {
  const { source, scope, type, value, indicatorUuid, eventUuid, eventInfo, orgc, toIds, retro, afterMs, tlp } = match
  return documentOf(event, {
    dataset: 'analysis_results',
    message: `${source} knows ${type} ${value}: ${eventInfo}`,
    event: { ...enrichment, outcome: 'success', reason: eventInfo },
    vigia: {
      ...{ observable: { type, value }, indicator_source: source, indicator_scope: scope, orgc, to_ids: toIds },
      ...{ indicator_event_uuid: eventUuid, retro, after_ms: afterMs },
    },
    fields: {
      related: relatedOf([match]),
      threat: {
        feed: { name: source },
        indicator: {
          ...indicatorOf(match),
          id: [indicatorUuid],
          provider: source,
          description: eventInfo,
          marking: { tlp },
        },
      },
    },
  })
}
