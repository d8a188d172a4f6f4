import type { Result } from '../checks/result.ts'
import { summary } from '../checks/summary.ts'
import type { Aftermath } from './chaos.ts'
import { notCountedTwice } from './counted-twice.ts'
import { doneOf } from './floors.ts'
import { type ChaosOptions, isShort } from './options.ts'

/** The one document that `--json` prints. */
export type ChaosReport = {
  readonly seed: number
  readonly minutes: number
  readonly brokers: number
  /** Start, drain and checks included. */
  readonly seconds: number
  readonly held: boolean
  readonly kills: number
  readonly killsOf: Readonly<Record<string, number>>
  readonly zombies: number
  readonly faults: Readonly<Record<string, number>>
  readonly sent: { readonly acknowledged: number; readonly refusedSends: number; readonly perSecond: number }
  /** Services that ended without being killed, and were started again. */
  readonly ownExits: readonly string[]
  /** Faults that were asked for, and for which there was no time or no occasion. */
  readonly notDone: readonly string[]
  /** Topics that the independent reader did not read. */
  readonly notCountedTwice: readonly string[]
  readonly results: readonly Result[]
}

export function reportOf(
  options: ChaosOptions,
  after: Aftermath,
  results: readonly Result[],
  seconds: number,
): ChaosReport {
  const { seed, minutes, brokers, perSecond } = options
  const { kills, zombies, faults } = after.tally
  return {
    ...{ seed, minutes, brokers, seconds: Math.round(seconds), held: results.every(each => each.held) },
    kills: [...kills.values()].reduce((sum, each) => sum + each, 0),
    killsOf: Object.fromEntries(kills),
    zombies,
    faults: Object.fromEntries(faults),
    sent: { acknowledged: after.source.acknowledged.length, refusedSends: after.source.refused(), perSecond },
    ownExits: after.ownExits.map(({ name, why, said }) => `${name} (${why}): ${said.slice(0, 200)}`),
    notDone: [...doneOf(options, after)].flatMap(([name, times]) => (times === 0 ? [name] : [])),
    notCountedTwice: notCountedTwice(isShort(options)),
    results,
  }
}

export function tableOf(report: ChaosReport): string {
  const { seed, brokers, minutes, seconds, kills, killsOf, zombies, faults, sent, ownExits, results, held } = report
  const { notDone, notCountedTwice: leftOut } = report
  return [
    `seed ${seed}, ${brokers} broker(s), ${minutes} min of faults, ${seconds} s in all`,
    `kills ${kills} (${counted(killsOf)}), zombies ${zombies}`,
    `faults: ${counted(faults)}`,
    `asked for and not done: ${notDone.join(', ') || 'none'}`,
    `sent: ${sent.acknowledged} raw records at ${sent.perSecond}/s; ${sent.refusedSends} sends not acknowledged and sent again`,
    `ended by themselves and started again: ${ownExits.length}`,
    '',
    summary(results).table,
    '',
    `the independent reader does not read: ${leftOut.join(', ') || 'nothing is left out'}`,
    held ? 'all invariants held' : 'NOT all invariants held',
  ].join('\n')
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ')
}
