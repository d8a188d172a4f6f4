import { eventIdOf } from '../../core/ids.ts'
import { isJoinable } from '../../core/observable/join.ts'
import type { Observable } from '../../core/observable/types.ts'
import { highestTlp, type Tlp } from '../../core/tlp.ts'
import { type Deciding, type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import type {
  Alert,
  AlertRecord,
  Case,
  FingerprintState,
  FoldState,
  NotJoined,
  SuppressionState,
} from '../../schemas/generated/types.ts'
import { type CaseBook, caseBook } from './case-book.ts'
import { applyOpinions, tellVerdict } from './opinions.ts'
import type { CaseRules } from './rules.ts'
import { isMember, isNews, recentOf, seeObservable, sightingKey } from './sightings.ts'
import { opened, told, withAlert, withRepeat } from './summary.ts'
import { suppressionFor } from './suppressions.ts'

/** An alert is suppressed, repeats an earlier one, joins a case, or opens one. Rejections and suppressions have their outcome already. */
export function linkAlert(
  rules: CaseRules,
  state: StateView<FoldState>,
  event: AlertRecord,
  context: Context,
): Decision {
  const d = deciding(state)
  const book = caseBook(d, event.domain)
  if (event.kind === 'rejection') book.noted('alerts/rejection', event.rejection.code)
  else if (event.kind === 'suppression') book.noted('alerts/suppression', event.suppression.policy)
  else if (event.kind === 'alert') {
    const suppression = suppressionFor(d, event)
    if (suppression === undefined) link(rules, d, book, event, event.alert, context)
    else suppress(book, event, event.alert, suppression)
  } else book.noted('alerts', 'nothing for a case')
  book.close(context.now + rules.rememberMs)
  return d.decision()
}

function link(
  rules: CaseRules,
  d: Deciding<FoldState>,
  book: CaseBook,
  event: AlertRecord,
  alert: Alert,
  context: Context,
): void {
  const { domain } = event
  const fingerprintKey = `${domain}|${alert.fingerprint}`
  const first = d.get('fingerprint', fingerprintKey)
  // By the alerts' own times: a backlog, or a clock that runs ahead, must not end a window early.
  const isWithin = first !== undefined && event.at - first.firstAt < alert.dedupeMs
  const firstCase = isWithin ? d.get('case', `${domain}|${first.caseId}`)?.summary : undefined
  if (isWithin && firstCase?.status === 'open') {
    repeat(rules, d, book, event, alert, context, first, firstCase)
    return
  }

  const { joinable, notJoined } = sortOut(rules, d, event, alert)
  const after = firstCase?.caseId ?? null
  const home = after === null ? chooseCase(rules, d, event, joinable) : { successorOf: after }
  const before = home.goesOn ?? open(book, event, alert, home.successorOf)
  const shared = home.goesOn === undefined ? [] : joinable.filter(each => isMember(d, domain, before.caseId, each))

  const fresh = alert.observables.filter(each => !isMember(d, domain, before.caseId, each))
  for (const each of alert.observables) seeObservable(rules, d, event, each, before.caseId, context.now)
  const linked = withAlert(before, {
    at: event.at,
    tlp: highestOf(event, alert),
    pap: event.pap,
    severity: alert.severity,
    source: alert.source,
    shared: shared.map(({ type, value, role }) => ({ type, value, role })),
    newObservables: fresh.length,
  })
  const { summary, answered } = applyOpinions(d, domain, linked, fresh)
  const { part, parts, fingerprint, source, title, severity } = alert
  const alertLinked = {
    ...{ alertId: event.id, part, parts, fingerprint, source, title, severity, notJoined, answered },
    joinedOn: refs(shared),
    observables: refs(alert.observables),
  }
  book.event({ kind: 'alert-linked', alertLinked }, summary)
  tellVerdict(book, linked, summary, 'what was known of its observables')
  const remembered = { alertId: event.id, caseId: before.caseId, firstAt: event.at, count: 0 }
  d.put('fingerprint', fingerprintKey, remembered, event.at + alert.dedupeMs + graceMs)
}

/** It has its outcome, and nothing of it is remembered: the same alert, when the suppression has ended, is a first one. */
function suppress(book: CaseBook, event: AlertRecord, alert: Alert, why: SuppressionState): void {
  const { part, parts, fingerprint, source } = alert
  const { suppressionId, reason } = why
  const alertSuppressed = { alertId: event.id, part, parts, fingerprint, source, suppressionId, reason }
  book.apart({ kind: 'alert-suppressed', alertSuppressed }, highestOf(event, alert))
}

/** Task time may run ahead of an alert by as much as a partition lags behind the others. */
const graceMs = 24 * 60 * 60 * 1000

/** Recorded and counted on the first alert; what it says that is higher still raises the case. */
function repeat(
  rules: CaseRules,
  d: Deciding<FoldState>,
  book: CaseBook,
  event: AlertRecord,
  alert: Alert,
  context: Context,
  first: FingerprintState,
  firstCase: Case,
): void {
  const count = first.count + 1
  // The window is fixed from the first receipt: a repeat does not prolong it.
  d.put(
    'fingerprint',
    `${event.domain}|${alert.fingerprint}`,
    { ...first, count },
    first.firstAt + alert.dedupeMs + graceMs,
  )
  for (const each of alert.observables.filter(seen => isNews(d, event, seen))) {
    seeObservable(rules, d, event, each, firstCase.caseId, context.now)
  }
  const { part, parts, fingerprint, source } = alert
  const alertRepeated = { alertId: event.id, part, parts, fingerprint, source, firstAlertId: first.alertId, count }
  book.event({ kind: 'alert-repeated', alertRepeated }, withRepeat(firstCase, highestOf(event, alert), event.pap))
}

function highestOf(event: AlertRecord, alert: Alert): Tlp {
  return highestTlp(event.tlp as Tlp, ...alert.observables.map(each => (each.tlp ?? 'CLEAR') as Tlp))
}

const mostRefs = 100

function refs(list: readonly { readonly type: string; readonly value: string }[]): { type: string; value: string }[] {
  return list.slice(0, mostRefs).map(({ type, value }) => ({ type, value: told(value) }))
}

type InAlert = Alert['observables'][number]

function sortOut(
  rules: CaseRules,
  d: Deciding<FoldState>,
  event: AlertRecord,
  alert: Alert,
): { joinable: InAlert[]; notJoined: NotJoined[] } {
  const joinable: InAlert[] = []
  const notJoined: NotJoined[] = []
  for (const each of alert.observables) {
    const verdict = isJoinable(each as Observable)
    const seen = recentOf(d, event.domain, each, event.at - rules.joinWithinMs).length
    const ref = { type: each.type, value: told(each.value) }
    if (!verdict.joins) notJoined.push({ ...ref, because: verdict.because })
    else if (seen >= rules.commonAfter)
      notJoined.push({ ...ref, because: `too common: in ${seen} alerts within a day` })
    else joinable.push(each)
  }
  return { joinable, notJoined: notJoined.slice(0, mostRefs) }
}

type Home = { readonly goesOn?: Case; readonly successorOf: string | null }

/** The open case that shares most with the alert, the oldest of equals; a full one is followed by a successor. */
function chooseCase(rules: CaseRules, d: Deciding<FoldState>, event: AlertRecord, joinable: readonly InAlert[]): Home {
  const shares = new Map<string, number>()
  for (const each of joinable) {
    for (const caseId of casesOf(d, event.domain, each)) shares.set(caseId, (shares.get(caseId) ?? 0) + 1)
  }
  const candidates = [...shares]
    .flatMap(([caseId, count]) => {
      const summary = d.get('case', `${event.domain}|${caseId}`)?.summary
      const isOpen = summary?.status === 'open' && event.at - summary.lastAlertAt <= rules.joinWithinMs
      return summary !== undefined && isOpen ? [{ count, summary }] : []
    })
    .sort((a, b) => b.count - a.count || a.summary.number - b.summary.number)
  const goesOn = candidates.find(each => each.summary.alerts < rules.alertsPerCase)?.summary
  if (goesOn !== undefined) return { goesOn, successorOf: null }
  return { successorOf: candidates[0]?.summary.caseId ?? null }
}

function casesOf(d: Deciding<FoldState>, domain: string, observable: InAlert): readonly string[] {
  return d.get('sighting', sightingKey(domain, observable))?.cases ?? []
}

function open(book: CaseBook, event: AlertRecord, alert: Alert, linkedTo: string | null): Case {
  const number = book.nextCaseNumber()
  const caseId = eventIdOf(event.id, 'case-builder.fold', 'case', 0)
  const summary = opened(
    { caseId, number, title: alert.title, at: event.at, linkedTo },
    highestOf(event, alert),
    event.pap,
    alert.severity,
  )
  const reason = linkedTo === null ? 'shares nothing with an open case' : 'goes on from a case that is closed or full'
  book.event({ kind: 'case-opened', caseOpened: { number, reason, linkedTo } }, summary)
  return summary
}
