import { type AlertValues, alertValues, compileAlertCondition } from '../../core/cel/alert-condition.ts'
import type { Compiled } from '../../core/cel/condition.ts'
import type { Deciding } from '../../runtime/decision.ts'
import type { AlertRecord, CommandRecord, FoldState, SuppressionState } from '../../schemas/generated/types.ts'
import type { CaseBook } from './case-book.ts'
import type { CaseRules } from './rules.ts'

/**
 * Which alerts of a domain are kept out of its cases: conditions in CEL, each with a reason and an end by task time. Every
 * alert is held against all of them, so that their number is bounded.
 */

type Asked = Extract<CommandRecord, { readonly kind: 'add-suppression' }>
type Ended = Extract<CommandRecord, { readonly kind: 'end-suppression' }>

/** The suppression takes the id of the command that asked for it. */
export function addSuppression(rules: CaseRules, d: Deciding<FoldState>, book: CaseBook, event: Asked): void {
  const { when, reason, expiresAt } = event.addSuppression
  const live = suppressionsOf(d, event.domain)
  const compiled = compiledOf(when)
  const refuse = (why: string) => book.noted('commands/add-suppression', why)
  if ('problems' in compiled) refuse(`${when}: ${compiled.problems.map(each => each.says).join('; ')}`)
  else if (expiresAt <= event.at) refuse('its end has passed')
  else if (expiresAt - event.at > rules.suppressForMs) refuse('it would go on for too long')
  else if (live.length >= rules.suppressions) refuse(`the domain has ${live.length} suppressions already`)
  else {
    const added = { suppressionId: event.id, when, reason, expiresAt }
    d.put('suppression', keyOf(event.domain, event.id), added, expiresAt)
    index(d, event.domain, [...live, added])
    book.apart({ kind: 'suppression-added', suppressionAdded: { ...added, by: event.actor } })
  }
}

export function endSuppression(d: Deciding<FoldState>, book: CaseBook, event: Ended): void {
  const { suppressionId, reason } = event.endSuppression
  const live = suppressionsOf(d, event.domain)
  if (!live.some(each => each.suppressionId === suppressionId)) {
    book.noted('commands/end-suppression', 'there is no such suppression, or it has ended')
    return
  }
  d.drop('suppression', keyOf(event.domain, suppressionId))
  index(
    d,
    event.domain,
    live.filter(each => each.suppressionId !== suppressionId),
  )
  book.apart({ kind: 'suppression-ended', suppressionEnded: { suppressionId, by: event.actor, reason } })
}

/** The first suppression that the alert matches. One that cannot be told for this alert does not match. */
export function suppressionFor(
  d: Deciding<FoldState>,
  { alert, tlp, pap, domain }: Extract<AlertRecord, { readonly kind: 'alert' }>,
): SuppressionState | undefined {
  const live = suppressionsOf(d, domain)
  if (live.length === 0) return undefined
  const values = alertValues(alert, tlp, pap)
  return live.find(({ when }) => {
    const compiled = compiledOf(when)
    return !('problems' in compiled) && compiled.holds(values) === true
  })
}

function keyOf(domain: string, suppressionId: string): string {
  return `${domain}|${suppressionId}`
}

/** Those that have neither ended nor expired, the oldest first. */
function suppressionsOf(d: Deciding<FoldState>, domain: string): readonly SuppressionState[] {
  const ids = d.get('suppressions', domain)?.ids ?? []
  return ids.flatMap(id => d.get('suppression', keyOf(domain, id)) ?? [])
}

/** The index of a domain goes with the last of its suppressions. */
function index(d: Deciding<FoldState>, domain: string, live: readonly SuppressionState[]): void {
  if (live.length === 0) d.drop('suppressions', domain)
  else {
    const ids = live.map(each => each.suppressionId)
    d.put('suppressions', domain, { ids }, Math.max(...live.map(each => each.expiresAt)))
  }
}

/** Compiled conditions by their text: nothing but the text decides what is kept here. */
const byText = new Map<string, Compiled<AlertValues>>()
const mostCompiled = 10_000

function compiledOf(when: string): Compiled<AlertValues> {
  const found = byText.get(when)
  if (found !== undefined) return found
  const made = compileAlertCondition(when)
  if (byText.size >= mostCompiled) byText.clear()
  byText.set(when, made)
  return made
}
