import { partIdOf, rawIdOf } from '../../../core/ids.ts'
import { type History, type HistoryEvent, partsOf, placeOf, rawTopic } from './history.ts'
import { findings, type Result } from './result.ts'

type Outcome = 'linked' | 'duplicate' | 'suppressed' | 'rejected'

/** What the case events say of an alert. */
const ofCases: Readonly<Record<string, Outcome>> = {
  'alert-linked': 'linked',
  'alert-repeated': 'duplicate',
  'alert-suppressed': 'suppressed',
}

/**
 * The set of raw parts = linked ⊎ duplicate ⊎ suppressed ⊎ rejected: after the drain each part has exactly one outcome, and no
 * outcome is of a part that was never sent. What was acknowledged to the source must be among the raw records, with as many parts as it put in.
 *
 * Counted by ids, apart from `vigia ledger`, which is itself under test.
 */
export function checkOutcomes(history: History): Result {
  const { raw, sent, events } = history
  const found = findings()
  const parts = new Map(partsOf(history).map((partId): [string, Outcome[]] => [partId, []]))
  const there = new Set(raw.map(({ partition, offset }) => rawIdOf(rawTopic, partition, offset)))
  for (const { partition, offset } of sent) {
    const rawId = rawIdOf(rawTopic, partition, offset)
    if (!there.has(rawId)) found.add(`${rawId} was acknowledged and is not there`)
  }

  const strange = (event: HistoryEvent, what: string) => found.add(`${placeOf(event)} (${event.kind}): ${what}`)
  const give = (event: HistoryEvent, partId: string, outcome: Outcome) => {
    const outcomes = parts.get(partId)
    if (outcomes === undefined) strange(event, `${partId} was never sent`)
    else outcomes.push(outcome)
  }
  const alerts = new Map<string, string>()
  for (const event of events) {
    if (event.topic !== 'alerts') continue
    if (event.kind === 'rejection') give(event, event.causeId, 'rejected')
    else if (event.kind === 'suppression') give(event, event.causeId, 'suppressed')
    else {
      alerts.set(event.id, event.causeId)
      if (!parts.has(event.causeId)) strange(event, `${event.causeId} was never sent`)
    }
  }
  for (const event of events) {
    const { topic, kind, alertId, dead } = event
    const ofCase = topic === 'case-events' ? ofCases[kind] : undefined
    if (ofCase !== undefined) {
      const partId = alerts.get(alertId ?? '')
      if (partId === undefined) strange(event, `there is no alert ${alertId}`)
      else give(event, partId, ofCase)
    }
    if (topic !== 'dlq' || dead === undefined) continue
    // One caused by a part holds the bytes of a rejection, which is the outcome.
    if (dead.topic === rawTopic && event.causeId === placeOf(dead)) give(event, partIdOf(placeOf(dead), 0), 'rejected')
    const decidedOn = dead.topic === 'alerts' ? alerts.get(event.causeId) : undefined
    if (decidedOn !== undefined) give(event, decidedOn, 'rejected')
  }

  const figures = { raw: raw.length, acknowledged: sent.length, parts: parts.size }
  const counts: Record<Outcome, number> = { linked: 0, duplicate: 0, suppressed: 0, rejected: 0 }
  for (const [partId, outcomes] of parts) {
    const [outcome] = outcomes
    if (outcome === undefined) found.add(`${partId} has no outcome`)
    else counts[outcome] += 1
    if (outcomes.length > 1) found.add(`${partId} has ${outcomes.length} outcomes: ${outcomes.join(', ')}`)
  }
  return found.result('raw parts = linked ⊎ duplicate ⊎ suppressed ⊎ rejected', { ...figures, ...counts })
}
