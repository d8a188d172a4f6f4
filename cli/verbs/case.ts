import { topics } from '../../schemas/catalogue.ts'
import type { CaseEvent } from '../../schemas/generated/types.ts'
import { type Connection, connect } from '../connection.ts'
import { sentence } from '../explain/sentence.ts'
import { readAll } from '../ledger/read-ledger.ts'
import { table, timeText } from '../table.ts'
import { type ExitCode, type Flags, type Io, textFlag, UsageError, type Verb } from '../verb.ts'
import { answerMs, awaitAnswer } from './await-answer.ts'
import { casesNamed, casesOf, inOrder, type KnownCase } from './find-case.ts'
import { postCommand } from './post-command.ts'
import { latestCases } from './read-latest.ts'

/** What analysts ask of cases, and closing one. `show` and `close` exit 3 where there is no such case. */
export const caseVerb: Verb = {
  name: 'case',
  usage: 'list [--status open|closed] | show ID | close ID --reason R',
  summary: 'the cases; ID is an id, its first digits, or #N',
  words: 2,
  options: { status: { type: 'string' }, reason: { type: 'string' } },
  async run([what, name], flags, io) {
    if (what !== 'list' && what !== 'show' && what !== 'close') throw new UsageError('say list, show or close')
    if (what !== 'list' && name === undefined) throw new UsageError('ID is missing')
    const status = textFlag(flags, 'status')
    if (status !== undefined && status !== 'open' && status !== 'closed')
      throw new UsageError(`--status takes open or closed, not ${status}`)
    const reason = textFlag(flags, 'reason')
    if (what === 'close' && reason === undefined) throw new UsageError('--reason is missing')
    const connection = await connect(flags, io.env)
    try {
      if (what === 'list') return await list(connection, status, flags, io)
      if (what === 'show') return await show(connection, name ?? '', flags, io)
      return await close(connection, name ?? '', reason ?? '', flags, io)
    } finally {
      await connection.close()
    }
  },
}

async function list(connection: Connection, status: string | undefined, flags: Flags, io: Io): Promise<ExitCode> {
  const cases = (await known(connection)).filter(each => status === undefined || each.status === status)
  io.out(flags.json === true ? JSON.stringify({ cases }) : listText(cases))
  return 0
}

async function known(connection: Connection): Promise<readonly KnownCase[]> {
  return inOrder((await latestCases(connection)).map(({ case: body, domain }) => ({ ...body.summary, domain })))
}

function listText(cases: readonly KnownCase[]): string {
  if (cases.length === 0) return 'no case'
  const head = ['CASE', 'DOMAIN', 'STATUS', 'SEVERITY', 'VERDICT', 'SCORE', 'ALERTS', 'LAST ALERT', 'ID', 'TITLE']
  const rows = cases.map(each => [
    ...[`#${each.number}`, each.domain, each.status, each.severity, each.verdict, String(each.score)],
    ...[String(each.alerts), timeText(each.lastAlertAt), `c-${each.caseId.slice(0, 8)}`, each.title.slice(0, 80)],
  ])
  return table(head, rows)
}

/** From the record, `case-events`, alone: `cases` forgets what was closed long ago. */
async function show(connection: Connection, name: string, flags: Flags, io: Io): Promise<ExitCode> {
  const { log, codec, prefix } = connection
  const all = (await readAll(log, codec, prefix, topics.caseEvents)).map(each => each.value)
  const found = only(name, casesOf(all), io)
  if (found === undefined) return 3
  const events = all
    .filter(event => event.caseId === found.caseId && event.domain === found.domain)
    .toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
  io.out(flags.json === true ? JSON.stringify({ case: found, events: events.map(told) }) : showText(found, events))
  return 0
}

function told(event: CaseEvent) {
  const { seq, at, kind, id, causeId, rawId } = event
  return { seq, at, kind, id, causeId, rawId, says: sentence(event) }
}

function showText(found: KnownCase, events: readonly CaseEvent[]): string {
  const closing = found.closedAt === null ? '' : `, closed ${timeText(found.closedAt)}`
  return [
    `case #${found.number} of ${found.domain}  ${found.caseId}`,
    `  ${found.title}`,
    `  ${found.status}, ${found.severity}, ${found.verdict} (score ${found.score}), TLP ${found.tlp}, PAP ${found.pap}`,
    `  ${found.alerts} alerts, ${found.repeats} repeats, ${found.observables} observables, from ${found.sources.join(', ')}`,
    `  opened ${timeText(found.openedAt)}, last alert ${timeText(found.lastAlertAt)}${closing}`,
    ...found.joinedOn.map(each => `  joined on ${each.type} ${each.value} (${each.role}) in ${each.alerts} alerts`),
    ...found.findings.map(each => `  ${each.by} on ${each.value}: ${each.verdict}: ${each.says}`),
    ...(found.linkedTo === null ? [] : [`  goes on from c-${found.linkedTo.slice(0, 8)}`]),
    '',
    ...events.map(event => `${String(event.seq).padStart(5)}  ${timeText(event.at)}  ${sentence(event)}`),
  ].join('\n')
}

async function close(connection: Connection, name: string, reason: string, flags: Flags, io: Io): Promise<ExitCode> {
  const found = only(name, await known(connection), io)
  if (found === undefined) return 3
  const { caseId, domain } = found
  const ask = () => postCommand({ kind: 'close-case', caseId, reason, domain }, flags, io)
  const answer = await awaitAnswer(connection, topics.caseEvents, ask)
  const isClosed = answer?.kind === 'case-closed'
  const says = answer === undefined ? `asked, but nothing followed within ${answerMs / 1000} s` : sentence(answer)
  io.out(flags.json === true ? JSON.stringify({ caseId, number: found.number, closed: isClosed, says }) : says)
  return isClosed ? 0 : 3
}

function only(name: string, cases: readonly KnownCase[], io: Io): KnownCase | undefined {
  const found = casesNamed(name, cases)
  if (found.length === 1) return found[0]
  if (found.length === 0) io.err(`no case is called ${name}`)
  else {
    io.err(`${name} may be any of these; give more of the id:`)
    for (const each of found) io.err(`  ${each.caseId}  #${each.number} of ${each.domain}  ${each.title}`)
  }
  return undefined
}
