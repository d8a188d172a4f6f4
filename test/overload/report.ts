import { table } from '../../cli/table.ts'
import type { Accounts } from './accounts.ts'
import { type Answers, bounds, countOf, totalOf } from './load.ts'
import { type MemoryVerdict, megabytes } from './memory.ts'
import type { OverloadOptions } from './options.ts'

export type Report = {
  readonly minutes: number
  readonly times: number
  readonly seed: number
  readonly sustainablePerSecond: number
  readonly offeredPerSecond: number
  readonly statuses: Readonly<Record<string, number>>
  readonly unsent: number
  readonly slowestMs: number
  readonly laterThan10s: number
  readonly megabytes: { readonly highest: number; readonly thirds: readonly number[]; readonly cap: number }
  readonly accepted: number
  readonly ledger: Readonly<Record<string, number | boolean>>
  /** What does not hold, in words. */
  readonly broken: readonly string[]
  readonly held: boolean
}

export type Measured = {
  readonly sustainable: number
  readonly overload: Answers
  readonly accepted: number
  readonly memory: MemoryVerdict
  readonly accounts: Accounts
}

export function reportOf(options: OverloadOptions, measured: Measured): Report {
  const { overload, memory, accounts, sustainable, accepted } = measured
  const { ledger, lost } = accounts
  const refused = countOf(overload, '503', '429')
  const known = countOf(overload, '201', '202') + refused
  const laterThan10s = overload.slower[bounds.length - 1] ?? 0
  const broken = [
    ...(refused === 0 ? ['nothing was refused: this was no overload'] : []),
    ...(known < totalOf(overload) ? [`${totalOf(overload) - known} requests had another answer, or none`] : []),
    ...(overload.withoutRetryAfter > 0
      ? [`${overload.withoutRetryAfter} refusals did not say when to come again`]
      : []),
    ...(laterThan10s > 0 ? [`${laterThan10s} were answered later than 10 s`] : []),
    ...memory.problems.map(problem => `memory: ${problem}`),
    ...(lost.length > 0 ? [`${lost.length} acknowledged alerts are lost, such as ${lost[0]}`] : []),
    ...(ledger.balanced ? [] : ['the ledger does not balance']),
    ...(ledger.pending > 0 ? [`${ledger.pending} are pending still`] : []),
    ...(ledger.raw < accepted ? [`the ledger tells of ${ledger.raw} alerts, ${accepted} were acknowledged`] : []),
  ]
  return {
    ...{ minutes: options.minutes, times: options.times, seed: options.seed },
    sustainablePerSecond: sustainable,
    offeredPerSecond: Math.round(sustainable * options.times),
    statuses: Object.fromEntries([...overload.counts].sort()),
    unsent: overload.unsent,
    slowestMs: Math.round(overload.slowestMs),
    laterThan10s,
    megabytes: {
      highest: megabytes(memory.highest),
      thirds: memory.thirds.map(megabytes),
      cap: megabytes(options.capBytes),
    },
    accepted,
    ledger: {
      ...{ raw: ledger.raw, linked: ledger.linked, duplicate: ledger.duplicate, suppressed: ledger.suppressed },
      ...{ rejected: ledger.rejected, pending: ledger.pending, unaccounted: ledger.unaccounted },
      balanced: ledger.balanced,
    },
    broken,
    held: broken.length === 0,
  }
}

export function tableOf(report: Report): string {
  const rows = [
    ['sustainable', `${report.sustainablePerSecond}/s`],
    ['offered', `${report.offeredPerSecond}/s for ${report.minutes} min (seed ${report.seed})`],
    ...Object.entries(report.statuses).map(([status, count]) => [`answered ${status}`, String(count)]),
    ['not sent: too many open', String(report.unsent)],
    ['slowest answer', `${report.slowestMs} ms`],
    [
      'memory of ingest',
      `${report.megabytes.thirds.join(', ')} MB at most in the thirds; cap ${report.megabytes.cap} MB`,
    ],
    ['acknowledged in all', String(report.accepted)],
    ...Object.entries(report.ledger).map(([name, value]) => [`ledger: ${name}`, String(value)]),
  ]
  return [
    table(['', ''], rows).trimStart(),
    '',
    ...(report.held ? ['holds'] : report.broken.map(each => `does not hold: ${each}`)),
  ].join('\n')
}
