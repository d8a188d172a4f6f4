import type { AlertRecord, CaseEvent } from '../../schemas/generated/types.ts'
import { bodyOf } from '../ledger/open-record.ts'
import type { Evidence } from './evidence.ts'

/** One time that something was received: the first, a repeat, or another attempt at a part that was driven again. */
export type Occurrence = {
  /** Epoch ms. */
  readonly at: number
  readonly rawId: string | null
  readonly partId: string
  readonly eventId: string
  readonly source: string
  /** 0, or the how manieth attempt at `origin` this is. */
  readonly attempt: number
  readonly origin: string | null
  readonly outcome: 'linked' | 'duplicate' | 'suppressed' | 'rejected' | 'undecided'
  readonly caseNumber: number | null
  readonly says: string
}

/**
 * All that tell the same as these: with the fingerprint of one of them in its domain, and all attempts at the same part.
 * In order of time, these included.
 */
export function familyOf(seeds: readonly AlertRecord[], alerts: readonly AlertRecord[]): readonly AlertRecord[] {
  const family = new Set(seeds)
  for (let before = -1; family.size > before; ) {
    before = family.size
    const prints = new Set([...family].flatMap(each => fingerprintOf(each) ?? []))
    const parts = new Set([...family].map(partOf))
    for (const each of alerts) {
      const print = fingerprintOf(each)
      if ((print !== undefined && prints.has(print)) || parts.has(partOf(each))) family.add(each)
    }
  }
  return [...family].sort((a, b) => a.at - b.at)
}

/** What became of each of them. */
export function occurrencesOf(
  family: readonly AlertRecord[],
  { caseEvents, deadLetters }: Pick<Evidence, 'caseEvents' | 'deadLetters'>,
): readonly Occurrence[] {
  const events = new Map(caseEvents.flatMap(event => (isOutcome(event) ? [[alertIdOf(event), event]] : [])))
  const dead = new Map(deadLetters.map(each => [each.causeId, each.deadLetter]))
  return family.map(record => {
    const { source, origin } = bodyOf(record)
    const { at, rawId, causeId: partId, id: eventId, attempt } = record
    const known = { at, rawId, partId, eventId, source, attempt, origin }
    const event = events.get(eventId)
    const letter = dead.get(eventId)
    if (record.kind === 'rejection') {
      const { code, reason } = record.rejection
      return { ...known, outcome: 'rejected', caseNumber: null, says: `rejected, ${code}: ${reason}` }
    }
    if (record.kind === 'suppression') {
      const { policy, reason } = record.suppression
      return { ...known, outcome: 'suppressed', caseNumber: null, says: `left out by the policy ${policy}: ${reason}` }
    }
    if (event !== undefined) return { ...known, ...outcomeOf(event) }
    if (letter === undefined)
      return { ...known, outcome: 'undecided', caseNumber: null, says: 'case-builder has not decided on it yet' }
    return { ...known, outcome: 'rejected', caseNumber: null, says: `dead letter, ${letter.code}: ${letter.reason}` }
  })
}

type OutcomeEvent = Extract<CaseEvent, { kind: 'alert-linked' | 'alert-repeated' | 'alert-suppressed' }>

function isOutcome(event: CaseEvent): event is OutcomeEvent {
  return event.kind === 'alert-linked' || event.kind === 'alert-repeated' || event.kind === 'alert-suppressed'
}

export function alertIdOf(event: OutcomeEvent): string {
  if (event.kind === 'alert-linked') return event.alertLinked.alertId
  return event.kind === 'alert-repeated' ? event.alertRepeated.alertId : event.alertSuppressed.alertId
}

function outcomeOf(event: OutcomeEvent): Pick<Occurrence, 'outcome' | 'caseNumber' | 'says'> {
  const caseNumber = event.case?.number ?? null
  if (event.kind === 'alert-linked') return { outcome: 'linked', caseNumber, says: `in case #${caseNumber}` }
  if (event.kind === 'alert-repeated') {
    const { count, firstAlertId } = event.alertRepeated
    const says = `repeat ${count} of alert ${firstAlertId.slice(0, 8)}, in case #${caseNumber}`
    return { outcome: 'duplicate', caseNumber, says }
  }
  const { suppressionId, reason } = event.alertSuppressed
  const says = `kept out of the cases by suppression ${suppressionId.slice(0, 8)}: ${reason}`
  return { outcome: 'suppressed', caseNumber, says }
}

function fingerprintOf(record: AlertRecord): string | undefined {
  return record.kind === 'alert' ? `${record.domain} ${record.alert.fingerprint}` : undefined
}

/** The part that was sent first. */
function partOf(record: AlertRecord): string {
  return bodyOf(record).origin ?? record.causeId
}
