import type { Log } from '../../../runtime/log.ts'
import type { Random } from '../../../runtime/memory/random.ts'
import type { Fleet } from '../services/fleet.ts'
import type { Cluster } from './cluster.ts'

/** What faults act on. */
export type World = {
  readonly cluster: Cluster
  readonly fleet: Fleet
  /** Around every proxy. */
  readonly log: Log
  readonly prefix: string
  readonly partitions: number
  readonly tally: Tally
  /** Poison that was written, and where it lies. */
  readonly poisoned: Poisoned[]
  readonly say: (line: string) => void
}

/** Something goes wrong, and is mended again before `act` resolves, also where `signal` ends it early. */
export type Fault = {
  readonly name: string
  /** In half a line, for `--help`. */
  readonly what: string
  /** Fewer brokers make it pointless. */
  readonly leastNodes?: number
  /** Whether it was done: there may be nothing, just then, that it could be done to. */
  act(world: World, random: Random, signal: AbortSignal): Promise<boolean>
}

export type Tally = {
  /** SIGKILLs of services by name, and of brokers. */
  readonly kills: Map<string, number>
  /** Processes stopped past the session timeout while a rival lived, and then woken. */
  zombies: number
  /** How often each fault was done. */
  readonly faults: Map<string, number>
}

/** A record that nobody can read, and the stages that must each dead-letter it. */
export type Poisoned = { readonly topic: string; readonly partition: number; readonly offset: number }

export function countIn(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

/** One of them, or undefined of none. */
export function oneOf<Value>(random: Random, values: readonly Value[]): Value | undefined {
  return values[random.below(values.length)]
}
