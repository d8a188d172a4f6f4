import { type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import type { DecideState, Outcome, OutcomeRecord } from '../../schemas/generated/types.ts'
import { underWay } from './decide.ts'
import { actionKey, nameOf, type ResponseBook, responseBook, type Subject } from './response-book.ts'

/** Puts what came of the calls into the record; a finished action is forgotten. */
export function tellOutcome(state: StateView<DecideState>, event: OutcomeRecord, context: Context): Decision {
  const d = deciding(state)
  const book = responseBook(d, event.domain)
  const actionId = event.kind === 'calling' ? event.calling.actionId : event.outcome.actionId
  const key = actionKey(event.domain, actionId)
  const found = d.get('action', key)
  if (found !== undefined && event.kind === 'calling') {
    const { idempotencyKey } = event.calling
    book.tell(found, { kind: 'attempted', attempted: { idempotencyKey } })
    underWay(d, event.domain, found, 'attempted', context.now)
  }
  if (found !== undefined && event.kind === 'outcome') {
    tell(book, found, event.outcome)
    d.drop('action', key)
  }
  book.close(`responder.outcomes/${event.kind}`, `${nameOf(actionId)} is not under way`)
  return d.decision()
}

function tell(book: ResponseBook, subject: Subject, { result, says }: Outcome): void {
  if (result === 'done') book.tell(subject, { kind: 'done', done: { says } })
  else if (result === 'failed') book.tell(subject, { kind: 'failed', failed: { says } })
  else if (result === 'expired') book.tell(subject, { kind: 'expired', expired: { says } })
  else book.tell(subject, { kind: 'unknown', unknown: { says } })
}
