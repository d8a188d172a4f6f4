import type { AnyEvent, Evidence } from './evidence.ts'
import { sentence } from './sentence.ts'

export type Step = {
  readonly at: number
  readonly topic: string
  readonly kind: string
  readonly id: string
  readonly causeId: string
  readonly says: string
}

export type Story = { readonly rawIds: readonly string[]; readonly steps: readonly Step[] }

/**
 * The story of a rawId, fingerprint, alert, case (its id, or `#number`), job or action, from the raw bytes on; an id may be
 * shortened to its first 6 characters, with or without a prefix such as `a-`. Empty where nothing has that name.
 */
export function storyOf(id: string, evidence: Evidence): Story {
  const all: readonly (readonly [string, AnyEvent])[] = [
    ...evidence.alerts.map(event => ['alerts', event] as const),
    ...evidence.caseEvents.map(event => ['case-events', event] as const),
    ...evidence.jobs.map(event => ['analysis.jobs', event] as const),
    ...evidence.results.map(event => ['analysis.results', event] as const),
    ...evidence.responses.map(event => ['responses', event] as const),
    ...evidence.deadLetters.map(event => ['dlq', event] as const),
  ]
  const wanted = id.replace(/^[a-z]-(?=[0-9a-f]{4})/, '')
  const seeds = all.filter(([, event]) =>
    namesOf(event).some(name => name === id || (wanted.length >= 4 && name.startsWith(wanted))),
  )
  const ids = new Set(seeds.flatMap(([, event]) => [event.id, event.causeId]))
  const cases = new Set(seeds.flatMap(([, event]) => caseOf(event) ?? []))
  const alerts = new Set(seeds.flatMap(([, event]) => alertOf(event) ?? []))

  // A seed that is an alert leads to its case events; a seed that is a case leads to the alerts in it.
  for (const [, event] of all) {
    const alert = alertOf(event)
    if (alert !== undefined && (alerts.has(alert) || ids.has(alert)))
      for (const each of caseOf(event) ?? []) cases.add(each)
  }
  const isWholeCase = seeds.some(([topic]) => topic === 'case-events') && alerts.size !== 1
  const chosen = all.filter(([topic, event]) => {
    if (ids.has(event.id) || ids.has(event.causeId)) return true
    const alert = alertOf(event)
    if (alert !== undefined)
      return alerts.has(alert) || ids.has(alert) || (isWholeCase && (caseOf(event) ?? []).some(each => cases.has(each)))
    return topic !== 'alerts' && event.kind !== 'noted' && (caseOf(event) ?? []).some(each => cases.has(each))
  })
  const linked = new Set(chosen.flatMap(([, event]) => alertOf(event) ?? []))
  const withAlerts = all.filter(entry => chosen.includes(entry) || linked.has(entry[1].id))
  const steps = withAlerts
    .map(([topic, event]) => stepOf(topic, event))
    .sort((a, b) => a.at - b.at || rank(a) - rank(b))
  return { rawIds: [...new Set(withAlerts.flatMap(([, event]) => event.rawId ?? []))], steps }
}

const order = ['alerts', 'dlq', 'analysis.jobs', 'analysis.results', 'case-events', 'responses']

function rank(step: Step): number {
  return order.indexOf(step.topic)
}

function stepOf(topic: string, event: AnyEvent): Step {
  return { at: event.at, topic, kind: event.kind, id: event.id, causeId: event.causeId, says: sentence(event) }
}

/** Every name that an event may be asked for by. */
function namesOf(event: AnyEvent): string[] {
  const names = [event.id, event.causeId, event.rawId ?? '']
  if (event.kind === 'alert') names.push(event.alert.fingerprint)
  if ('caseId' in event && event.caseId) names.push(event.caseId, `#${event.case?.number ?? ''}`)
  if ('action' in event && event.action) names.push(event.action.actionId)
  return names.filter(name => name !== '')
}

function caseOf(event: AnyEvent): string[] | undefined {
  if ('caseId' in event && event.caseId) return [event.caseId]
  if ('action' in event && event.action) return [event.action.caseId]
  return undefined
}

function alertOf(event: AnyEvent): string | undefined {
  if (event.kind === 'alert-linked') return event.alertLinked.alertId
  if (event.kind === 'alert-repeated') return event.alertRepeated.alertId
  return undefined
}
