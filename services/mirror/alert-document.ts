import { type Tlp, tlpAtMost } from '../../core/tlp.ts'
import type { EcsDocument } from '../../schemas/ecs.ts'
import type { Alert, AlertRecord, ObservableInAlert } from '../../schemas/generated/types.ts'
import { beginning, documentOf } from './document.ts'
import { mirrorMax } from './mirrored.ts'
import { partiesOf, relatedOf } from './observable-fields.ts'

const longestDescription = 16_000
const mostObservables = 500
/** Looked for in every other observable; with more of them no observable leaves. */
const mostSecrets = 50
/** A shorter value stands in nearly every other, and tells nothing of it. */
const shortestPart = 4

export function alertDocument(event: AlertRecord): EcsDocument {
  switch (event.kind) {
    case 'alert':
      return alertAs(event, event.alert)
    case 'rejection': {
      const { source, code, reason, part, parts, origin } = event.rejection
      return documentOf(event, {
        dataset: 'alerts',
        message: `a part of a raw record is no alert: ${reason}`,
        event: { outcome: 'failure', reason },
        vigia: { source, part, parts, origin },
        fields: { error: { code, message: reason } },
      })
    }
    case 'suppression': {
      const { source, policy, reason, part, parts, origin } = event.suppression
      return documentOf(event, {
        dataset: 'alerts',
        message: `an alert is kept out of the cases by ${policy}`,
        event: { reason },
        vigia: { source, policy, part, parts, origin },
      })
    }
  }
}

/**
 * An observable above AMBER is left out, and with it every other that holds its value, or that its value holds, as a URL
 * holds a domain. What the sender wrote may hold it too, defanged or not, its source, type and rule included, so where one
 * is left out that stays here as well: what remains is what Vigía itself knows of the alert.
 */
function alertAs(event: AlertRecord, alert: Alert): EcsDocument {
  const shown = shownOf(alert.observables)
  const leftOut = alert.observables.length - shown.length
  const { fingerprint, severity, part, parts, origin } = alert
  const words = leftOut === 0 ? wordsOf(alert) : undefined
  return documentOf(event, {
    dataset: 'alerts',
    message: words?.message ?? `an alert, without its words: they may hold what is above ${mirrorMax}`,
    event: { kind: 'alert', severity, url: words?.url },
    vigia: {
      ...{ ...words?.from, severity, fingerprint, part, parts, origin, ...words?.vigia },
      observables: shown.slice(0, mostObservables).map(observableAs),
      observables_left_out: leftOut + Math.max(0, shown.length - mostObservables) || undefined,
    },
    fields: {
      ...partiesOf(shown),
      related: relatedOf(shown),
      rule: words?.rule,
      threat: attackOf(alert.techniques),
      tags: words?.tags,
    },
  })
}

function shownOf(observables: readonly ObservableInAlert[]): readonly ObservableInAlert[] {
  const mayLeave = (each: ObservableInAlert) => each.tlp === null || tlpAtMost(each.tlp as Tlp, mirrorMax)
  const secrets = observables.filter(each => !mayLeave(each)).map(each => each.value.toLowerCase())
  if (secrets.length === 0) return observables
  if (secrets.length > mostSecrets) return []
  return observables.filter(each => {
    const value = each.value.toLowerCase()
    const text = `${value} ${each.path.toLowerCase()} ${each.attachment?.sha256}`
    const tells = (secret: string) => text.includes(secret) || (value.length >= shortestPart && secret.includes(value))
    return mayLeave(each) && !secrets.some(tells)
  })
}

function wordsOf(alert: Alert) {
  const { title, description, source, type, tags, sourceRef, externalLink, references } = alert
  return {
    message: title,
    tags,
    url: externalLink ?? undefined,
    rule: { id: alert.ruleIds[0], name: alert.rule, reference: references[0] },
    from: { source, alert_type: type },
    vigia: {
      source_ref: sourceRef,
      description: description === '' ? undefined : beginning(description, longestDescription),
      references: references.slice(1),
    },
  }
}

function observableAs({ type, value, role, path, flags, attachment }: ObservableInAlert) {
  return {
    ...{ type, value, role, path },
    ...(flags.length === 0 ? {} : { flags }),
    ...(attachment === null ? {} : { sha256: attachment.sha256, size: attachment.size }),
  }
}

/** ATT&CK: a technique of the form T1059.001 is told as itself and by the one above it. */
function attackOf(ids: readonly string[]) {
  const like = (pattern: RegExp) => ids.filter(id => pattern.test(id))
  const techniques = [...new Set(like(/^T\d{4}(\.\d{3})?$/).map(id => id.slice(0, 5)))]
  const tactics = like(/^TA\d{4}$/)
  if (techniques.length + tactics.length === 0) return undefined
  return {
    framework: 'MITRE ATT&CK',
    tactic: { id: tactics },
    technique: { id: techniques, subtechnique: { id: like(/^T\d{4}\.\d{3}$/) } },
  }
}
