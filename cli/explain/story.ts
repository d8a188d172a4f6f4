import type { AlertRecord } from '../../schemas/generated/types.ts'
import type { AnyEvent, Evidence } from './evidence.ts'
import { familyOf, type Occurrence, occurrencesOf } from './occurrences.ts'
import { sentence } from './sentence.ts'

export type Step = {
  readonly at: number
  readonly topic: string
  readonly kind: string
  readonly id: string
  readonly causeId: string
  readonly says: string
}

export type Story = {
  readonly rawIds: readonly string[]
  readonly steps: readonly Step[]
  /** The alert that was asked for, as it was first read; undefined where the story is of something else. */
  readonly alert?: AlertRecord
  /** Every time that it was received: what has its fingerprint, and what it was driven again by. */
  readonly occurrences: readonly Occurrence[]
  /** Dead letters among the steps, which `vigia dlq` knows by these ids. */
  readonly deadLetters: readonly string[]
}

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
  // A place is no beginning of another: alerts.raw/0/2 is not alerts.raw/0/20.
  const isShort = wanted.length >= 4 && !wanted.includes('/')
  const seeds = all.filter(([, event]) =>
    namesOf(event).some(name => name === id || (isShort && name.startsWith(wanted))),
  )
  const ids = new Set(seeds.flatMap(([, event]) => [event.id, event.causeId]))
  const cases = new Set(seeds.flatMap(([, event]) => caseOf(event) ?? []))
  const alerts = new Set(seeds.flatMap(([, event]) => alertOf(event) ?? []))

  // An alert leads to all that tell the same; those lead to their case events; a case leads to the alerts in it.
  const isAlert = alerts.size === 1 || seeds.some(([topic]) => topic === 'alerts')
  const isWholeCase = !isAlert && seeds.some(([topic]) => topic === 'case-events')
  const named = isWholeCase ? [] : evidence.alerts.filter(each => ids.has(each.id) || alerts.has(each.id))
  const family = familyOf(named, evidence.alerts)
  for (const each of family) for (const name of [each.id, each.causeId]) ids.add(name)
  for (const [, event] of all) {
    const alert = alertOf(event)
    if (alert !== undefined && (alerts.has(alert) || ids.has(alert)))
      for (const each of caseOf(event) ?? []) cases.add(each)
  }
  const chosen = all.filter(([topic, event]) => {
    if (ids.has(event.id) || ids.has(event.causeId)) return true
    const alert = alertOf(event)
    if (alert !== undefined)
      return alerts.has(alert) || ids.has(alert) || (isWholeCase && (caseOf(event) ?? []).some(each => cases.has(each)))
    return topic !== 'alerts' && event.kind !== 'noted' && (caseOf(event) ?? []).some(each => cases.has(each))
  })
  const linked = new Set(chosen.flatMap(([, event]) => alertOf(event) ?? []))
  const suppressions = new Set(chosen.flatMap(([, event]) => suppressionOf(event) ?? []))
  const isChosen = new Set(chosen.map(([, event]) => event))
  const withAlerts = all.filter(
    ([, event]) => isChosen.has(event) || linked.has(event.id) || suppressions.has(suppressionOf(event) ?? ''),
  )
  const steps = withAlerts
    .map(([topic, event]) => stepOf(topic, event))
    .sort((a, b) => a.at - b.at || rank(a) - rank(b))
  const first = family.find(each => each.kind === 'alert') ?? family[0]
  return {
    rawIds: [...new Set(withAlerts.flatMap(([, event]) => event.rawId ?? []))],
    steps,
    ...(first === undefined ? {} : { alert: first }),
    occurrences: occurrencesOf(family, evidence),
    deadLetters: withAlerts.flatMap(([, event]) => (event.kind === 'dead-letter' ? [event.id] : [])),
  }
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
  if (event.kind === 'alert-suppressed') return event.alertSuppressed.alertId
  return undefined
}

/** The suppression that an event is about, where it kept an alert out or was made or ended for its sake. */
function suppressionOf(event: AnyEvent): string | undefined {
  if (event.kind === 'alert-suppressed') return event.alertSuppressed.suppressionId
  if (event.kind === 'suppression-added') return event.suppressionAdded.suppressionId
  return event.kind === 'suppression-ended' ? event.suppressionEnded.suppressionId : undefined
}
