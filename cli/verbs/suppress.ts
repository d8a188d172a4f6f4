import { compileAlertCondition } from '../../core/cel/alert-condition.ts'
import { parseInstant } from '../../core/time.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { CaseEvent } from '../../schemas/generated/types.ts'
import { type Connection, connect } from '../connection.ts'
import { sentence } from '../explain/sentence.ts'
import { readAll } from '../ledger/read-ledger.ts'
import { table, timeText } from '../table.ts'
import { type ExitCode, type Flags, type Io, textFlag, UsageError, type Verb } from '../verb.ts'
import { answerMs, awaitAnswer } from './await-answer.ts'
import { type Command, postCommand } from './post-command.ts'

/** Which alerts are kept out of the cases; `add` and `end` exit 3 where that did not come to be. */
export const suppress: Verb = {
  name: 'suppress',
  usage: 'add WHEN --reason R --until TIME|--for 7d [--tenant T] | list | end ID --reason R',
  summary: 'keeps alerts out of the cases for a time; WHEN is CEL, such as alert.source == "wazuh"',
  words: 2,
  options: {
    reason: { type: 'string' },
    until: { type: 'string' },
    for: { type: 'string' },
    tenant: { type: 'string' },
  },
  async run([what, name], flags, io) {
    if (what !== 'add' && what !== 'list' && what !== 'end') throw new UsageError('say add, list or end')
    if (what !== 'list' && name === undefined)
      throw new UsageError(what === 'add' ? 'WHEN is missing' : 'ID is missing')
    const reason = textFlag(flags, 'reason') ?? ''
    if (what !== 'list' && reason === '') throw new UsageError('--reason is missing')
    const asked = what === 'add' ? adding(name ?? '', reason, flags) : undefined
    const connection = await connect(flags, io.env)
    try {
      if (asked !== undefined) return await ask(connection, asked, flags, io)
      const suppressions = suppressionsIn(await caseEvents(connection), Date.now())
      if (what === 'end') return await end(connection, name ?? '', reason, suppressions, flags, io)
      io.out(flags.json === true ? JSON.stringify({ suppressions }) : listText(suppressions))
      return 0
    } finally {
      await connection.close()
    }
  },
}

function adding(when: string, reason: string, flags: Flags): Command {
  const compiled = compileAlertCondition(when)
  if ('problems' in compiled)
    throw new UsageError(compiled.problems.map(({ at, says }) => `WHEN, at ${at}: ${says}`).join('\n'))
  const tenant = textFlag(flags, 'tenant')
  const domain = tenant === undefined ? {} : { domain: tenant }
  return { kind: 'add-suppression', when, reason, expiresAt: endFrom(flags, Date.now()), ...domain }
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Epoch ms. */
export function endFrom(flags: Flags, now: number): number {
  const [until, lasting] = [textFlag(flags, 'until'), textFlag(flags, 'for')]
  if ((until === undefined) === (lasting === undefined)) throw new UsageError('say either --until TIME or --for 7d')
  const [, count, unit = ''] = /^([1-9]\d{0,5})([mhdw])$/.exec(lasting ?? '') ?? []
  const end = until === undefined ? now + Number(count) * (units[unit] ?? Number.NaN) : parseInstant(until)
  if (end === undefined || Number.isNaN(end))
    throw new UsageError(
      until === undefined ? `--for takes 30m, 12h, 7d or 2w, not ${lasting}` : `--until takes a time, not ${until}`,
    )
  if (end <= now) throw new UsageError(`--until has passed: ${timeText(end)}`)
  return end
}

export type Suppression = {
  readonly suppressionId: string
  readonly domain: string
  readonly state: 'live' | 'expired' | 'ended'
  readonly when: string
  readonly reason: string
  readonly by: string
  readonly at: number
  readonly expiresAt: number
  /** How many alerts it kept out of the cases. */
  readonly alerts: number
}

/** From the record: what was asked for, what ended, and what it kept out. */
export function suppressionsIn(events: readonly CaseEvent[], now: number): readonly Suppression[] {
  const found = new Map<string, Suppression>()
  const change = (event: CaseEvent, id: string, changed: (before: Suppression) => Partial<Suppression>) => {
    const before = found.get(`${event.domain}|${id}`)
    if (before !== undefined) found.set(`${event.domain}|${id}`, { ...before, ...changed(before) })
  }
  for (const event of events) {
    if (event.kind === 'suppression-added') {
      const { domain, at, suppressionAdded: added } = event
      const state = added.expiresAt <= now ? 'expired' : 'live'
      found.set(`${domain}|${added.suppressionId}`, { ...added, domain, at, state, alerts: 0 })
    } else if (event.kind === 'suppression-ended')
      change(event, event.suppressionEnded.suppressionId, () => ({ state: 'ended' }))
    else if (event.kind === 'alert-suppressed')
      change(event, event.alertSuppressed.suppressionId, ({ alerts }) => ({ alerts: alerts + 1 }))
  }
  return [...found.values()].toSorted((a, b) => b.at - a.at)
}

async function caseEvents({ log, codec, prefix }: Connection): Promise<readonly CaseEvent[]> {
  return (await readAll(log, codec, prefix, topics.caseEvents)).map(each => each.value)
}

function listText(suppressions: readonly Suppression[]): string {
  if (suppressions.length === 0) return 'no suppression'
  const rows = suppressions.map(each => [
    ...[each.suppressionId.slice(0, 8), each.domain, each.state, timeText(each.expiresAt), String(each.alerts)],
    ...[each.by, each.reason.slice(0, 60), each.when.slice(0, 100)],
  ])
  return table(['ID', 'DOMAIN', 'STATE', 'UNTIL', 'ALERTS', 'BY', 'REASON', 'WHEN'], rows)
}

async function end(
  connection: Connection,
  name: string,
  reason: string,
  suppressions: readonly Suppression[],
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const found = suppressions.filter(each => name.length >= 4 && each.suppressionId.startsWith(name))
  const [suppression] = found
  if (suppression === undefined || found.length > 1) {
    io.err(suppression === undefined ? `no suppression is called ${name}` : `${name} may be any of these:`)
    for (const each of found) io.err(`  ${each.suppressionId}  ${each.when}`)
    return 3
  }
  const { suppressionId, domain } = suppression
  return await ask(connection, { kind: 'end-suppression', suppressionId, reason, domain }, flags, io)
}

async function ask(connection: Connection, command: Command, flags: Flags, io: Io): Promise<ExitCode> {
  const event = await awaitAnswer(connection, topics.caseEvents, () => postCommand(command, flags, io))
  const suppressionId = idIn(event)
  const says = event === undefined ? `asked, but nothing followed within ${answerMs / 1000} s` : sentence(event)
  io.out(flags.json === true ? JSON.stringify({ suppressionId, done: suppressionId !== null, says }) : says)
  return suppressionId === null ? 3 : 0
}

function idIn(event: CaseEvent | undefined): string | null {
  if (event?.kind === 'suppression-added') return event.suppressionAdded.suppressionId
  return event?.kind === 'suppression-ended' ? event.suppressionEnded.suppressionId : null
}
