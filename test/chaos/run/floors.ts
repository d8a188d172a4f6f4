import type { Floor } from '../checks/floors.ts'
import type { History } from '../checks/history.ts'
import type { Aftermath } from './chaos.ts'
import type { ChaosOptions } from './options.ts'
import { zombieLane } from './options.ts'

/** From so many minutes on there is time for every fault alone. */
const enoughForAll = 4
/** Those with lanes of their own come in any minute. */
const always: readonly string[] = ['kill', 'poison', zombieLane]

/** How often each fault that was asked for was done. */
export function doneOf({ faults }: ChaosOptions, { tally, zombies }: Aftermath): ReadonlyMap<string, number> {
  return new Map(
    faults.map(name => [name, name === zombieLane ? (zombies?.rounds ?? 0) : (tally.faults.get(name) ?? 0)]),
  )
}

/** What the other rows are about must have been there to be counted. */
export function floorsOf(options: ChaosOptions, after: Aftermath, { events }: History): readonly Floor[] {
  const { minutes } = options
  const count = (topic: string, ...kinds: string[]) =>
    events.filter(each => each.topic === topic && kinds.includes(each.kind)).length
  const inAMinute = minutes >= 1 ? 1 : 0
  const inMore = minutes >= enoughForAll ? 1 : 0
  const faults = [...doneOf(options, after)].map(
    ([what, times]): Floor => ({ what, count: times, least: always.includes(what) ? inAMinute : inMore }),
  )
  return [
    ...faults,
    { what: 'reports', count: count('analysis.results', 'report'), least: inAMinute },
    { what: 'matches', count: count('analysis.results', 'match'), least: inAMinute },
    { what: 'actions called', count: after.receiver.counts().size, least: inAMinute },
    { what: 'calls not answered', count: after.receiver.hungUp(), least: inMore },
    { what: 'unknown', count: count('responses', 'unknown'), least: inMore },
    { what: 'commands', count: after.people.accepted.length, least: inMore },
  ]
}
