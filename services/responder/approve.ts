import { rawIdOf } from '../../core/ids.ts'
import { type Deciding, type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import type { ActionState, CommandRecord, DecideState } from '../../schemas/generated/types.ts'
import { underWay } from './decide.ts'
import { actionKey, nameOf, type ResponseBook, responseBook } from './response-book.ts'

/** A repeat that comes later than this is answered as a new command. */
const rememberMs = 7 * 24 * 60 * 60 * 1000

/** What an analyst says about an action that waits. A command that cannot be obeyed is noted with the reason. */
export function obey(state: StateView<DecideState>, event: CommandRecord, context: Context): Decision {
  const d = deciding(state)
  const book = responseBook(d, event.domain)
  const answered = `${event.domain}|${event.id}`
  if (d.get('command', answered) !== undefined) {
    // Sent twice under one id: its own id is taken by what was told of the first.
    const { topic, partition, offset } = context.origin
    book.noted(`commands/${event.kind}`, 'answered already', rawIdOf(topic, partition, offset))
  } else if (event.kind === 'approve') answer(d, book, event, event.approve, context.now)
  else if (event.kind === 'reject') answer(d, book, event, event.reject, context.now)
  d.put('command', answered, { at: event.at }, context.now + rememberMs)
  book.close(`commands/${event.kind}`, 'not for responses')
  return d.decision()
}

type Said = { readonly actionId: string; readonly reason: string }

function answer(
  d: Deciding<DecideState>,
  book: ResponseBook,
  event: CommandRecord,
  { actionId, reason }: Said,
  now: number,
): void {
  const key = actionKey(event.domain, actionId)
  const found = d.get('action', key)
  const late = found?.status === 'awaiting' && now >= (found.expiresAt ?? 0)
  if (found !== undefined && late) expire(d, book, key, found)
  if (found?.status !== 'awaiting' || late) {
    const why = late ? 'had expired before this came' : whyNot(found, event.domain)
    book.noted(`commands/${event.kind}`, `${nameOf(actionId)} ${why}`)
  } else if (event.kind === 'approve') {
    book.tell(found, { kind: 'approved', approved: { by: event.actor, reason } })
    underWay(d, event.domain, found, 'approved', now)
  } else {
    book.tell(found, { kind: 'rejected', rejected: { by: event.actor, reason } })
    d.drop('action', key)
  }
}

function whyNot(found: ActionState | undefined, domain: string): string {
  return found === undefined ? `is unknown in ${domain}, or finished` : `awaits no approval: it is ${found.status}`
}

/** Nobody answered in time: that is a no. `now` is the clock, for time passes where nothing arrives. */
export function expireApprovals(state: StateView<DecideState>, now: number): Decision {
  const d = deciding(state)
  const books = new Map<string, ResponseBook>()
  for (const [key, found] of [...state.all('action')]) {
    if (found.status !== 'awaiting' || now < (found.expiresAt ?? 0)) continue
    const domain = key.slice(0, key.lastIndexOf('#'))
    const book = books.get(domain) ?? responseBook(d, domain)
    books.set(domain, book)
    expire(d, book, key, found)
  }
  for (const book of books.values()) book.close('tick', 'no approval has expired')
  return d.decision()
}

function expire(d: Deciding<DecideState>, book: ResponseBook, key: string, found: ActionState): void {
  book.tell(found, { kind: 'rejected', rejected: { by: 'nobody', reason: 'expired' } })
  d.drop('action', key)
}
