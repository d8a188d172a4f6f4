import { eventIdOf } from '../../core/ids.ts'
import { type Deciding, type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import type { Action, Case, CaseEvent, DecideState } from '../../schemas/generated/types.ts'
import { digestText, noticeText } from './notice.ts'
import type { PlaybookAction, PlaybookSet, Rule } from './playbook/load.ts'
import { type Variables, variablesOf } from './playbook/variables.ts'
import { actionKey, type ResponseBook, responseBook, type Subject } from './response-book.ts'

const minute = 60 * 1000
const hour = 60 * minute
const day = 24 * hour

/** A cause that is older must not act any more: a backlog does not page anybody. */
export const staleAfterMs = hour
/** Nobody's answer within this time is a no. */
export const approvalMs = 4 * hour
/** Notices to one target of one domain, by the hours of task time; the next one becomes a digest. */
export const noticesAnHour = 20
/** How long it is remembered that a rule fired for a case and verdict: as long as case-builder remembers the case. */
const firedMs = 90 * day
/** Outcomes are kept for 7 days; an action that has heard of none by then will not. */
const underWayMs = 7 * day

/** One step of one rule for one event. */
type Occasion = {
  readonly event: CaseEvent
  readonly about: Case
  readonly values: Variables
  readonly rule: Rule
  readonly now: number
}

/** Which playbooks answer an event of a case: each rule once per case and verdict. */
export function decide(
  playbooks: PlaybookSet,
  state: StateView<DecideState>,
  event: CaseEvent,
  context: Context,
): Decision {
  const d = deciding(state)
  const book = responseBook(d, event.domain)
  const input = `case-events/${event.kind}`
  const values = variablesOf(event)
  if (event.case === null || values === undefined) {
    book.close(input, 'no playbook is asked about this')
    return d.decision()
  }
  for (const rule of playbooks.rules) {
    const fired = `${event.domain}|${event.case.caseId}|${event.case.verdict}|${rule.playbook}|${rule.name}`
    if (d.get('fired', fired) !== undefined) continue
    const holds = rule.when.holds(values)
    if (typeof holds === 'object') book.noted(input, `${rule.playbook}/${rule.name} cannot be told: ${holds.says}`)
    if (holds !== true) continue
    const occasion = { event, about: event.case, values, rule, now: context.now }
    const ids = rule.do.map((step, index) => plan(d, book, occasion, step, index))
    d.put('fired', fired, { actionId: ids[0] ?? '' }, context.now + firedMs)
  }
  book.close(input, 'no rule applies')
  return d.decision()
}

/**
 * Says of one action how far it goes. One that is stale or too many ends with its first record: it never has a `planned`
 * one, which is what is acted on.
 */
function plan(
  d: Deciding<DecideState>,
  book: ResponseBook,
  occasion: Occasion,
  step: PlaybookAction,
  index: number,
): string {
  const { event, rule, now } = occasion
  const subject = subjectOf(occasion, step, `${rule.playbook}|${rule.name}|${step.target.name}`, index)
  const { actionId } = subject.action
  const because = `${event.kind}: ${rule.when.source}`.slice(0, 500)
  if (rule.mode === 'shadow') {
    book.tell(subject, { kind: 'planned', planned: { because } })
    return actionId
  }
  const age = now - event.at
  if (age > staleAfterMs) {
    const says = `its cause is ${Math.round(age / minute)} min old (${because})`
    book.tell(subject, { kind: 'expired', expired: { says } })
    return actionId
  }
  const notices = `${event.domain}|${step.target.name}`
  const count = countOf(d, notices, now)
  const tooMany = count >= noticesAnHour
  d.put('notices', notices, { hour: hourOf(now), count: count + 1, digest: tooMany }, now + 2 * hour)
  if (tooMany) {
    const says = `more than ${noticesAnHour} notices for ${step.target.name} within the hour (${because})`
    book.tell(subject, { kind: 'digested', digested: { says } })
    if (count === noticesAnHour) tellDigest(d, book, occasion, step, subject)
    return actionId
  }
  book.tell(subject, { kind: 'planned', planned: { because } })
  if (subject.action.approval) {
    const expiresAt = now + approvalMs
    book.tell(subject, { kind: 'awaiting', awaiting: { expiresAt } })
    d.put('action', actionKey(event.domain, actionId), { ...subject, status: 'awaiting', at: now, expiresAt })
  } else underWay(d, event.domain, subject, 'planned', now)
  return actionId
}

/** An action that goes its way; kept until its outcome is known. */
export function underWay(
  d: Deciding<DecideState>,
  domain: string,
  subject: Subject,
  status: 'planned' | 'approved' | 'attempted',
  now: number,
): void {
  const entry = { ...subject, status, at: now, expiresAt: null }
  d.put('action', actionKey(domain, subject.action.actionId), entry, now + underWayMs)
}

function tellDigest(
  d: Deciding<DecideState>,
  book: ResponseBook,
  occasion: Occasion,
  step: PlaybookAction,
  first: Subject,
): void {
  const { event, now } = occasion
  const actionId = eventIdOf(event.id, 'responder.decide', `digest|${step.target.name}`, 0)
  const text = digestText(step.target, noticesAnHour)
  const subject = { ...first, action: { ...first.action, actionId, approval: false, text } }
  book.tell(subject, {
    kind: 'planned',
    planned: { because: `digest: more than ${noticesAnHour} notices within the hour` },
  })
  underWay(d, event.domain, subject, 'planned', now)
}

function subjectOf(
  { event, about, values, rule }: Occasion,
  step: PlaybookAction,
  what: string,
  index: number,
): Subject {
  const action: Action = {
    actionId: eventIdOf(event.id, 'responder.decide', what, index),
    playbook: rule.playbook,
    rule: rule.name,
    caseId: about.caseId,
    caseNumber: about.number,
    type: step.target.type,
    target: step.target.name,
    mode: rule.mode,
    approval: step.approval,
    text: noticeText(step.target, step.text, about, values),
    caseTlp: about.tlp,
  }
  return { action, pap: about.pap, tenant: event.tenant, rawId: event.rawId }
}

function countOf(d: Deciding<DecideState>, key: string, now: number): number {
  const notices = d.get('notices', key)
  return notices?.hour === hourOf(now) ? notices.count : 0
}

function hourOf(now: number): number {
  return Math.floor(now / hour)
}
