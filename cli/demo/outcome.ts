import type { Codec } from '../../runtime/codec.ts'
import type { Log } from '../../runtime/log.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Case, CaseEvent, JobRecord, ResponseEvent, ResultRecord } from '../../schemas/generated/types.ts'
import { type LedgerReading, readAll, readLedger } from '../ledger/read-ledger.ts'

/** What came of it, read back from the topics and from nowhere else. */
export type Outcome = {
  readonly cases: readonly Case[]
  readonly notJoined: readonly { readonly value: string; readonly because: string; readonly alerts: number }[]
  readonly analyses: {
    readonly run: number
    readonly failed: number
    readonly answered: number
    readonly refused: Readonly<Record<string, number>>
    readonly open: number
  }
  readonly retroMatches: readonly {
    readonly number: number
    readonly value: string
    readonly eventInfo: string
    readonly afterMs: number
  }[]
  readonly responses: readonly Response[]
  readonly ledger: LedgerReading
}

export type Response = {
  readonly actionId: string
  readonly type: string
  readonly caseNumber: number
  readonly state: string
  readonly expiresAt: number | null
  readonly says: string
}

export async function readOutcome(log: Log, codec: Codec, prefix: string): Promise<Outcome> {
  const all = async <Value>(topic: Parameters<typeof readAll<Value>>[3]) =>
    (await readAll(log, codec, prefix, topic)).map(each => each.value)
  const events = await all<CaseEvent>(topics.caseEvents)
  const jobs = await all<JobRecord>(topics.analysisJobs)
  const results = await all<ResultRecord>(topics.analysisResults)
  return {
    cases: lastCases(events),
    notJoined: notJoined(events),
    analyses: analyses(events, jobs, results),
    retroMatches: events.flatMap(event =>
      event.kind === 'indicator-matched' && event.indicatorMatched.retro
        ? [
            {
              number: event.case?.number ?? 0,
              value: event.indicatorMatched.value,
              eventInfo: event.indicatorMatched.eventInfo,
              afterMs: event.indicatorMatched.afterMs,
            },
          ]
        : [],
    ),
    responses: responsesOf(await all<ResponseEvent>(topics.responses)),
    ledger: await readLedger(log, codec, prefix),
  }
}

function lastCases(events: readonly CaseEvent[]): Case[] {
  const last = new Map<string, Case>()
  for (const event of events) if (event.case !== null) last.set(event.case.caseId, event.case)
  return [...last.values()].sort((a, b) => a.number - b.number)
}

function notJoined(events: readonly CaseEvent[]): { value: string; because: string; alerts: number }[] {
  const seen = new Map<string, { value: string; because: string; alerts: number }>()
  for (const event of events) {
    if (event.kind !== 'alert-linked') continue
    for (const { type, value, because } of event.alertLinked.notJoined) {
      if (!['ip', 'domain', 'fqdn', 'url', 'hash', 'mail'].includes(type) || because.startsWith('the role')) continue
      const before = seen.get(value)
      seen.set(value, { value, because, alerts: (before?.alerts ?? 0) + 1 })
    }
  }
  return [...seen.values()].sort((a, b) => b.alerts - a.alerts)
}

/** Answered: what a result said of alerts beyond the first, and what was known already when an alert came. */
function analyses(
  events: readonly CaseEvent[],
  jobs: readonly JobRecord[],
  results: readonly ResultRecord[],
): Outcome['analyses'] {
  const refused: Record<string, number> = {}
  for (const result of results)
    if (result.kind === 'refusal') refused[result.refusal.reason] = (refused[result.refusal.reason] ?? 0) + 1
  const answered = events.reduce((sum, event) => {
    if (event.kind === 'analysis-folded') return sum + Math.max(0, event.analysisFolded.answers - 1)
    return event.kind === 'alert-linked' ? sum + event.alertLinked.answered : sum
  }, 0)
  const run = results.filter(each => each.kind === 'report').length
  const failed = results.filter(each => each.kind === 'failure').length
  return { run, failed, answered, refused, open: jobs.filter(each => each.kind === 'job').length - run - failed }
}

const states: Readonly<Record<string, string>> = {
  planned: 'planned',
  awaiting: 'awaiting',
  approved: 'approved',
  attempted: 'attempted',
}

function responsesOf(events: readonly ResponseEvent[]): Response[] {
  const last = new Map<string, Response>()
  for (const event of events) {
    if (event.action === null) continue
    const { actionId, type, caseNumber, mode } = event.action
    const before = last.get(actionId)
    const state = event.kind === 'planned' && mode === 'shadow' ? 'shadow' : (states[event.kind] ?? event.kind)
    const expiresAt = event.kind === 'awaiting' ? event.awaiting.expiresAt : (before?.expiresAt ?? null)
    const says =
      event.kind === 'done'
        ? event.done.says
        : event.kind === 'failed'
          ? event.failed.says
          : event.kind === 'unknown'
            ? event.unknown.says
            : ''
    last.set(actionId, { actionId, type, caseNumber, state, expiresAt, says })
  }
  return [...last.values()].sort((a, b) => a.caseNumber - b.caseNumber)
}
