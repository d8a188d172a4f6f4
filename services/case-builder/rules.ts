import { longestSuppressionMs } from '../../core/cel/alert-condition.ts'
import { digest } from '../../core/ids.ts'
import { type Marker, markerOf } from '../../core/observable/marker.ts'

/** What joins alerts into cases; the defaults of the architecture's "Contained". Times in ms. */
export type CaseRules = {
  /** An alert joins a case within this time of the case's last alert. */
  readonly joinWithinMs: number
  /** An observable seen in more alerts than this within `joinWithinMs` is too common to join on. */
  readonly commonAfter: number
  /** A case with this many alerts is full: the next one opens a new case, linked to it. */
  readonly alertsPerCase: number
  /** An observable is written again after this time. */
  readonly rewriteMs: number
  /** How long a sighting, an opinion or a closed case is remembered. */
  readonly rememberMs: number
  /** A domain has at most this many suppressions at a time. */
  readonly suppressions: number
  /** A suppression ends within this time. */
  readonly suppressForMs: number
  /** Marks what analyses find. */
  readonly marker: Marker
}

const hour = 60 * 60 * 1000

export const defaultCaseRules: CaseRules = {
  joinWithinMs: 24 * hour,
  commonAfter: 20,
  alertsPerCase: 200,
  rewriteMs: 24 * hour,
  rememberMs: 90 * 24 * hour,
  suppressions: 100,
  suppressForMs: longestSuppressionMs,
  marker: markerOf(),
}

export function rulesetOf({ marker, ...numbers }: CaseRules): { readonly hash: string; readonly content: string } {
  const content = JSON.stringify({ ...numbers, ...marker.content })
  return { hash: digest(['case-rules', content]), content }
}
