import type { Outcome } from './outcome.ts'

/** A part that was driven again, as its latest attempt left it. */
export type Attempt = {
  readonly attempt: number
  readonly outcome: Outcome
  readonly tally: number
  /** Epoch ms of the raw record that it was driven again by. */
  readonly at: number
}

/** Of two attempts with one number what is not settled shows, then what came to most, then the later one. */
const ranks: readonly Outcome[] = ['unaccounted', 'pending', 'linked', 'duplicate', 'suppressed', 'rejected']

/** Keeps, for each part that was driven again, the attempt that counts: the highest. */
export function offer(attempts: Map<string, Attempt>, origin: string, given: Attempt): void {
  const known = attempts.get(origin)
  if (known === undefined || order(given, known) < 0) attempts.set(origin, given)
}

function order(a: Attempt, b: Attempt): number {
  return b.attempt - a.attempt || ranks.indexOf(a.outcome) - ranks.indexOf(b.outcome) || b.at - a.at
}
