import type { Notifier, Sent } from '../../adapters/notify/notifier.ts'
import { type Decision, deciding, nothing, type StateView } from '../../runtime/decision.ts'
import type { Performs } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Action, ActState, ResponseEvent } from '../../schemas/generated/types.ts'
import { staleAfterMs } from './decide.ts'
import { actionKey } from './response-book.ts'

/** Calls of one task at the same time; one after another to each target. */
const concurrency = 8
const minute = 60 * 1000

type Outcome = { readonly result: Sent['result'] | 'expired'; readonly says: string }

/**
 * Makes the calls. The intent is committed before the call and the outcome after it; a call that was begun and whose
 * outcome is not recorded is never made again, for nobody knows whether the receiver has it.
 */
export function act(notifier: Notifier): Performs<ActState, ResponseEvent, Sent> {
  return {
    concurrency,
    lane: event => goes(event)?.target ?? event.id,
    begin(state, event, context) {
      const action = goes(event)
      if (action === undefined) return { perform: false, decision: nothing }
      if (state.get('attempted', action.actionId) !== undefined) {
        const says = 'the service stopped during the call; it is not made again'
        return { perform: false, decision: ended(state, event, action, { result: 'unknown', says }) }
      }
      const age = context.now - event.at
      if (age > staleAfterMs) {
        const says = `not sent within ${Math.round(staleAfterMs / minute)} min: ${Math.round(age / minute)} min old`
        return { perform: false, decision: ended(state, event, action, { result: 'expired', says }) }
      }
      const d = deciding(state)
      const calling = { actionId: action.actionId, idempotencyKey: action.actionId }
      d.put('attempted', action.actionId, { at: context.now })
      d.emit(topics.responderOutcomes, actionKey(event.domain, action.actionId), { kind: 'calling', calling })
      return { perform: true, decision: d.decision() }
    },
    async perform(event, signal) {
      const action = goes(event)
      if (action === undefined) throw new Error('this response is nothing to do')
      const { actionId, type, target, text, caseNumber } = action
      return notifier.send({ actionId, type, target, text, caseNumber }, signal)
    },
    // The port answers for everything that the receiver does, so this is a bug in it; how far it came is not known.
    failed: () => ({ result: 'unknown', says: 'the call broke off' }),
    finish(state, event, outcome) {
      const action = goes(event)
      return action === undefined ? nothing : ended(state, event, action, outcome)
    },
  }
}

/** The action that is to be done now: decided live without a question, or approved. */
function goes(event: ResponseEvent): Action | undefined {
  const { action } = event
  if (action === null || action.mode !== 'live') return undefined
  return event.kind === 'approved' || (event.kind === 'planned' && !action.approval) ? action : undefined
}

function ended(
  state: StateView<ActState>,
  event: ResponseEvent,
  { actionId }: Action,
  { result, says }: Outcome,
): Decision {
  const d = deciding(state)
  const outcome = { actionId, result, says: says.slice(0, 500) }
  d.emit(topics.responderOutcomes, actionKey(event.domain, actionId), { kind: 'outcome', outcome })
  if (d.get('attempted', actionId) !== undefined) d.drop('attempted', actionId)
  return d.decision()
}
