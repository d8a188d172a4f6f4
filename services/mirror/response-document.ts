import type { EcsDocument } from '../../schemas/ecs.ts'
import type { ResponseEvent } from '../../schemas/generated/types.ts'
import { documentOf } from './document.ts'

type Outcome = 'success' | 'failure' | 'unknown'

/** One step in the life of an action. */
export function responseDocument(event: ResponseEvent): EcsDocument {
  const { action } = event
  const { outcome, reason, by } = stepOf(event)
  return documentOf(event, {
    dataset: 'responses',
    message:
      action === null ? event.kind : `case ${action.caseNumber}: ${action.type} to ${action.target} ${event.kind}`,
    event: { outcome, reason },
    vigia: {
      by,
      action: action && {
        ...{
          id: action.actionId,
          type: action.type,
          target: action.target,
          mode: action.mode,
          approval: action.approval,
        },
        ...{ playbook: action.playbook, rule: action.rule },
      },
      case: action && { id: action.caseId, number: action.caseNumber, tlp: action.caseTlp },
    },
  })
}

function stepOf(event: ResponseEvent): { readonly outcome?: Outcome; readonly reason?: string; readonly by?: string } {
  switch (event.kind) {
    case 'planned':
      return { reason: event.planned.because }
    case 'approved':
      return event.approved
    case 'rejected':
      return event.rejected
    case 'done':
      return { outcome: 'success', reason: event.done.says }
    case 'failed':
      return { outcome: 'failure', reason: event.failed.says }
    case 'unknown':
      return { outcome: 'unknown', reason: event.unknown.says }
    case 'expired':
      return { outcome: 'failure', reason: event.expired.says }
    case 'digested':
      return { reason: event.digested.says }
    case 'noted':
      return { reason: event.noted.reason }
    case 'awaiting':
    case 'attempted':
      return {}
  }
}
