import { shortId } from '../../core/ids.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { ResponseEvent } from '../../schemas/generated/types.ts'
import { type Connection, connect } from '../connection.ts'
import { sentence } from '../explain/sentence.ts'
import { readAll } from '../ledger/read-ledger.ts'
import { table, timeText } from '../table.ts'
import { type ExitCode, type Flags, type Io, textFlag, UsageError, type Verb } from '../verb.ts'
import { answerMs, awaitAnswer } from './await-answer.ts'
import { actionsNamed, actionsOf, type KnownAction } from './find-action.ts'
import { postCommand } from './post-command.ts'

/** What was decided to be done, and what came of it; `approve` and `reject` exit 3 where the action did not move so. */
export const response: Verb = {
  name: 'response',
  usage: 'list [--waiting] | approve ID [--reason R] | reject ID --reason R',
  summary: 'the actions; ID may be short: a- and 4 or more digits',
  words: 2,
  options: { waiting: { type: 'boolean' }, reason: { type: 'string' } },
  async run([what, name], flags, io) {
    if (what !== 'list' && what !== 'approve' && what !== 'reject') throw new UsageError('say list, approve or reject')
    if (what !== 'list' && name === undefined) throw new UsageError('ID is missing')
    const reason = textFlag(flags, 'reason')
    if (what === 'reject' && reason === undefined) throw new UsageError('--reason is missing')
    const connection = await connect(flags, io.env)
    try {
      const { log, codec, prefix } = connection
      const actions = actionsOf((await readAll(log, codec, prefix, topics.responses)).map(each => each.value))
      if (what !== 'list') return await answer(connection, what, name ?? '', reason ?? '', actions, flags, io)
      const shown = flags.waiting === true ? actions.filter(each => each.status === 'awaiting') : actions
      io.out(flags.json === true ? JSON.stringify({ actions: shown.map(document) }) : listText(shown))
      return 0
    } finally {
      await connection.close()
    }
  },
}

function document({ action, ...known }: KnownAction) {
  const { type, target, mode, approval, playbook, rule, caseId, caseNumber, text } = action
  const short = shortId('a', known.actionId)
  return { ...known, short, type, target, mode, approval, playbook, rule, caseId, caseNumber, text }
}

function listText(actions: readonly KnownAction[]): string {
  if (actions.length === 0) return 'no action'
  const rows = actions.map(({ action, ...known }) => [
    ...[shortId('a', known.actionId), known.domain, known.status, action.mode, `#${action.caseNumber}`],
    ...[`${action.type} ${action.target}`, `${action.playbook}/${action.rule}`, timeText(known.at), untilText(known)],
  ])
  return table(['ACTION', 'DOMAIN', 'STATE', 'MODE', 'CASE', 'WHAT', 'RULE', 'SINCE', ''], rows)
}

function untilText({ expiresAt }: Pick<KnownAction, 'expiresAt'>): string {
  return expiresAt === null ? '' : `until ${timeText(expiresAt)}`
}

async function answer(
  connection: Connection,
  kind: 'approve' | 'reject',
  name: string,
  reason: string,
  actions: readonly KnownAction[],
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const found = actionsNamed(name, actions)
  const [action] = found
  if (action === undefined || found.length > 1) {
    io.err(action === undefined ? `no action is called ${name}` : `${name} may be any of these; give more of the id:`)
    for (const each of found) io.err(`  ${each.actionId}  ${each.says}`)
    return 3
  }
  const { actionId, domain } = action
  const say = (state: string, moved: boolean, says: string): ExitCode => {
    io.out(flags.json === true ? JSON.stringify({ actionId, state, moved, says }) : says)
    return moved ? 0 : 3
  }
  if (action.status !== 'awaiting') return say(action.status, false, `it waits for no approval: ${action.says}`)
  const ask = () => postCommand({ kind, actionId, reason, domain }, flags, io)
  const event = await awaitAnswer(connection, topics.responses, ask)
  if (event === undefined) return say(action.status, false, `asked, but it did not move within ${answerMs / 1000} s`)
  const state = event.action === null ? action.status : event.kind
  return say(state, hasObeyed(kind, event), sentence(event))
}

/** An action whose time had run out is rejected by nobody, whatever was asked. */
export function hasObeyed(kind: 'approve' | 'reject', event: ResponseEvent): boolean {
  if (kind === 'approve') return event.kind === 'approved'
  return event.kind === 'rejected' && event.rejected.by !== 'nobody'
}
