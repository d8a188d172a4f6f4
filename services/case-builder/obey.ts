import { rawIdOf } from '../../core/ids.ts'
import { type Deciding, type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import type { CommandRecord, FoldState } from '../../schemas/generated/types.ts'
import { type CaseBook, caseBook } from './case-book.ts'
import type { CaseRules } from './rules.ts'
import { closed } from './summary.ts'
import { addSuppression, endSuppression } from './suppressions.ts'

/** What an analyst asked for. A command that cannot be obeyed is noted with the reason, never lost. */
export function obey(rules: CaseRules, state: StateView<FoldState>, event: CommandRecord, context: Context): Decision {
  const d = deciding(state)
  const book = caseBook(d, event.domain)
  const answered = `${event.domain}|${event.id}`
  if (d.get('command', answered) !== undefined) {
    // Sent twice under one id: its own id is taken by what was noted for the first.
    const { topic, partition, offset } = context.origin
    book.noted(`commands/${event.kind}`, 'answered already', rawIdOf(topic, partition, offset))
  } else if (event.kind === 'close-case') closeCase(d, book, event)
  else if (event.kind === 'add-suppression') addSuppression(rules, d, book, event)
  else if (event.kind === 'end-suppression') endSuppression(d, book, event)
  else book.noted(`commands/${event.kind}`, 'not for cases')
  d.put('command', answered, { at: event.at }, context.now + rules.rememberMs)
  book.close(context.now + rules.rememberMs)
  return d.decision()
}

function closeCase(
  d: Deciding<FoldState>,
  book: CaseBook,
  event: Extract<CommandRecord, { readonly kind: 'close-case' }>,
): void {
  const { caseId, reason } = event.closeCase
  const summary = d.get('case', `${event.domain}|${caseId}`)?.summary
  if (summary?.status !== 'open')
    book.noted('commands/close-case', summary === undefined ? 'no such case' : 'closed already')
  else book.event({ kind: 'case-closed', caseClosed: { by: event.actor, reason } }, closed(summary, event.at))
}
