import type { Deciding } from '../../runtime/decision.ts'
import type { Case, FoldState, OpinionState } from '../../schemas/generated/types.ts'
import type { CaseBook } from './case-book.ts'
import { sightingKey } from './sightings.ts'
import { raised, told, withFinding } from './summary.ts'

/** What analyzers and indicators have said about an observable, kept so that later alerts are answered at once. */

type Ref = { readonly type: string; readonly value: string }
export type Opinion = OpinionState

const mostOpinions = 50

/** Keeps an opinion; answers the score that it replaces. */
export function keepOpinion(
  d: Deciding<FoldState>,
  domain: string,
  about: Ref,
  opinion: Opinion,
  until: number,
): number {
  const key = sightingKey(domain, about)
  const before = d.get('opinion', `${key}|${opinion.by}`)
  d.put('opinion', `${key}|${opinion.by}`, opinion, until)
  const by = d.get('opinions', key)?.by ?? []
  if (!by.includes(opinion.by)) d.put('opinions', key, { by: [...by, opinion.by].slice(-mostOpinions) }, until)
  return before?.score ?? 0
}

/** Applies what is known of observables that are new to a case. `answered` counts the analyses that need not run again. */
export function applyOpinions(
  d: Deciding<FoldState>,
  domain: string,
  before: Case,
  observables: readonly Ref[],
): { readonly summary: Case; readonly answered: number } {
  let summary = before
  let answered = 0
  for (const about of observables) {
    const key = sightingKey(domain, about)
    for (const by of d.get('opinions', key)?.by ?? []) {
      const opinion = d.get('opinion', `${key}|${by}`)
      if (opinion === undefined) continue
      summary = fold(summary, about, opinion, 0)
      if (!opinion.indicator) answered += 1
    }
  }
  return { summary, answered }
}

export function fold(before: Case, about: Ref, opinion: Opinion, earlier: number): Case {
  const { by, verdict, says, at, retro, tlp } = opinion
  const finding = { by: told(by), type: about.type, value: told(about.value), verdict, says: told(says), at, retro }
  return withFinding(raised(before, tlp, before.pap), finding, opinion.score, earlier)
}

export function tellVerdict(book: CaseBook, before: Case, after: Case, because: string): void {
  if (before.verdict === after.verdict) return
  const verdictChanged = { from: before.verdict, to: after.verdict, score: after.score, because: because.slice(0, 300) }
  book.event({ kind: 'verdict-changed', verdictChanged }, after)
}
