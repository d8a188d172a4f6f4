import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../runtime/memory/random.ts'

/** Waits so long, or until the run ends: a fault then mends what it did. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}

/** A whole number of milliseconds in the range, its end excluded. */
export function between(random: Random, least: number, most: number): number {
  return least + random.below(most - least)
}
