import { shortId } from '../../core/ids.ts'
import type { Deciding, Draft } from '../../runtime/decision.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { ActionState, DecideState, Envelope, ResponseEvent } from '../../schemas/generated/types.ts'

type Fact = ResponseEvent extends infer Each
  ? Each extends { readonly kind: Exclude<ResponseEvent['kind'], 'noted'> }
    ? Omit<Each, keyof Envelope | 'action'>
    : never
  : never

/** An action with what every record about it says, whatever caused the record. */
export type Subject = Pick<ActionState, 'action' | 'pap' | 'tenant' | 'rawId'>

/** Writes the lives of the actions of one domain: every record takes the next `seq`. */
export type ResponseBook = {
  tell(subject: Subject, fact: Fact): void
  /** An input that led to nothing still has a record, so that inputs can be merged by `seq`. */
  noted(input: string, reason: string, causeId?: string): void
  /** Notes the input where nothing was told about it, and keeps the counter. */
  close(input: string, reason: string): void
}

export function responseBook(d: Deciding<DecideState>, domain: string): ResponseBook {
  const before = d.get('domain', domain)?.seq ?? 0
  let seq = before
  const write = (actionId: string, draft: object) => {
    seq += 1
    d.emit(topics.responses, `${domain}#${actionId}`, { ...draft, domain, seq } as Draft<ResponseEvent>)
  }
  const noted = (input: string, reason: string, causeId?: string) =>
    write('', {
      kind: 'noted',
      noted: { input, reason: reason.slice(0, 500) },
      action: null,
      ...(causeId === undefined ? {} : { causeId }),
    })
  return {
    tell: ({ action, pap, tenant, rawId }, fact) =>
      write(action.actionId, { ...fact, action, tlp: action.caseTlp, pap, tenant, rawId }),
    noted,
    close(input, reason) {
      if (seq === before) noted(input, reason)
      d.put('domain', domain, { seq })
    },
  }
}

export function actionKey(domain: string, actionId: string): string {
  return `${domain}#${actionId}`
}

/** How people call an action. */
export function nameOf(actionId: string): string {
  return shortId('a', actionId)
}
