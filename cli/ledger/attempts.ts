import type { Outcome } from './outcome.ts'

/** A part that was driven again, as one attempt left it. */
export type Attempt = {
  /** The part that it became itself. */
  readonly id: string
  readonly tenant: string
  readonly attempt: number
  readonly outcome: Outcome
  readonly tally: number
  /** Epoch ms of the raw record that it was driven again by. */
  readonly at: number
  /** Whether that raw record is accounted for itself: where the attempt stands for no other part it is one of its own. */
  readonly isOwn: boolean
}

/** By the part that was sent first, as the attempts name it: whether they may stand for it is another question. */
export type Attempts = Map<string, Attempt[]>

export function note(attempts: Attempts, origin: string, given: Attempt): void {
  const known = attempts.get(origin)
  if (known === undefined) attempts.set(origin, [given])
  else known.push(given)
}

/**
 * What a part came to that was refused for `tenant` (undefined: it was not refused). Only attempts of that tenant stand for
 * it, the highest before the others: an origin is what whoever drove again said it was. All others stand for themselves.
 */
export function standing(attempts: readonly Attempt[], tenant: string | undefined) {
  const [latest] = attempts.filter(each => each.tenant === tenant).toSorted(order)
  return { latest, others: attempts.filter(each => each.tenant !== tenant) }
}

/** Of two attempts with one number what is not settled shows, then what came to most, then the later one. */
const ranks: readonly Outcome[] = ['unaccounted', 'pending', 'linked', 'duplicate', 'suppressed', 'rejected']

function order(a: Attempt, b: Attempt): number {
  return b.attempt - a.attempt || ranks.indexOf(a.outcome) - ranks.indexOf(b.outcome) || b.at - a.at
}
