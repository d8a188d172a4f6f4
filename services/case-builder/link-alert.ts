import { eventIdOf } from '../../core/ids.ts'
import { isJoinable } from '../../core/observable/join.ts'
import type { Observable } from '../../core/observable/types.ts'
import { type Deciding, type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import type { Alert, AlertRecord, Case, FoldState, NotJoined } from '../../schemas/generated/types.ts'
import { type CaseBook, caseBook } from './case-book.ts'
import { applyOpinions, tellVerdict } from './opinions.ts'
import type { CaseRules } from './rules.ts'
import { recentOf, seeObservable, sightingKey } from './sightings.ts'
import { opened, withAlert, withRepeat } from './summary.ts'

/** An alert repeats an earlier one, joins a case, or opens one. Rejections and suppressions have their outcome already. */
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
  else if (event.kind === 'alert') link(rules, d, book, event, event.alert, context)
  else book.noted('alerts', 'nothing for a case')
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
  const firstCase = first === undefined ? undefined : d.get('case', `${domain}|${first.caseId}`)?.summary
  if (first !== undefined && firstCase?.status === 'open') {
    const count = first.count + 1
    // The window is fixed from the first receipt: a repeat does not prolong it.
    d.put('fingerprint', fingerprintKey, { ...first, count }, first.firstAt + alert.dedupeMs)
    const { part, parts, fingerprint, source } = alert
    const alertRepeated = { alertId: event.id, part, parts, fingerprint, source, firstAlertId: first.alertId, count }
    book.event({ kind: 'alert-repeated', alertRepeated }, withRepeat(firstCase))
    return
  }

  const { joinable, notJoined } = sortOut(rules, d, domain, alert, context.now)
  const home = chooseCase(rules, d, domain, joinable, context.now)
  const before = home.goesOn ?? open(book, event, alert, firstCase?.caseId ?? home.successorOf)
  const shared =
    home.goesOn === undefined ? [] : joinable.filter(each => casesOf(d, domain, each).includes(before.caseId))

  const known = new Set(
    alert.observables
      .filter(each => casesOf(d, domain, each).includes(before.caseId))
      .map(each => sightingKey(domain, each)),
  )
  for (const each of alert.observables) seeObservable(rules, d, event, each, before.caseId, context.now)
  const linked = withAlert(before, {
    ...{ at: event.at, tlp: event.tlp, pap: event.pap, severity: alert.severity, source: alert.source },
    shared: shared.map(({ type, value, role }) => ({ type, value, role })),
    newObservables: alert.observables.length - known.size,
  })
  const fresh = alert.observables.filter(each => !known.has(sightingKey(domain, each)))
  const { summary, answered } = applyOpinions(d, domain, linked, fresh)
  const { part, parts, fingerprint, source, title, severity } = alert
  const refs = (list: readonly { readonly type: string; readonly value: string }[]) =>
    list.map(({ type, value }) => ({ type, value }))
  const alertLinked = {
    ...{ alertId: event.id, part, parts, fingerprint, source, title, severity, notJoined, answered },
    joinedOn: refs(shared),
    observables: refs(alert.observables).slice(0, 100),
  }
  book.event({ kind: 'alert-linked', alertLinked }, summary)
  tellVerdict(book, linked, summary, 'what was known of its observables')
  d.put(
    'fingerprint',
    fingerprintKey,
    { alertId: event.id, caseId: before.caseId, firstAt: event.at, count: 0 },
    event.at + alert.dedupeMs,
  )
}

type InAlert = Alert['observables'][number]

function sortOut(
  rules: CaseRules,
  d: Deciding<FoldState>,
  domain: string,
  alert: Alert,
  now: number,
): { joinable: InAlert[]; notJoined: NotJoined[] } {
  const joinable: InAlert[] = []
  const notJoined: NotJoined[] = []
  for (const each of alert.observables) {
    const verdict = isJoinable(each as Observable)
    const seen = recentOf(d, domain, each, now - rules.joinWithinMs).length
    const { type, value } = each
    if (!verdict.joins) notJoined.push({ type, value, because: verdict.because })
    else if (seen >= rules.commonAfter)
      notJoined.push({ type, value, because: `too common: in ${seen} alerts within a day` })
    else joinable.push(each)
  }
  return { joinable, notJoined: notJoined.slice(0, 50) }
}

/** The open case that shares most with the alert, the oldest of equals; a full one is followed by a successor. */
function chooseCase(
  rules: CaseRules,
  d: Deciding<FoldState>,
  domain: string,
  joinable: readonly InAlert[],
  now: number,
): { goesOn?: Case; successorOf: string | null } {
  const shares = new Map<string, number>()
  for (const each of joinable)
    for (const caseId of casesOf(d, domain, each)) shares.set(caseId, (shares.get(caseId) ?? 0) + 1)
  const candidates = [...shares]
    .map(([caseId, count]) => ({ count, summary: d.get('case', `${domain}|${caseId}`)?.summary }))
    .filter(
      (each): each is { count: number; summary: Case } =>
        each.summary?.status === 'open' && now - each.summary.lastAlertAt <= rules.joinWithinMs,
    )
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
    event.tlp,
    event.pap,
    alert.severity,
  )
  const reason = linkedTo === null ? 'shares nothing with an open case' : 'goes on from a case that is closed or full'
  book.event({ kind: 'case-opened', caseOpened: { number, reason, linkedTo } }, summary)
  return summary
}
