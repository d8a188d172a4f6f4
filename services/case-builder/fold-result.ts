import type { ObservableType } from '../../core/observable/types.ts'
import { highestTlp, type Tlp } from '../../core/tlp.ts'
import { type Deciding, type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import type { Case, FoldState, Match, Report, ResultRecord } from '../../schemas/generated/types.ts'
import { type CaseBook, caseBook } from './case-book.ts'
import { fold, keepOpinion, type Opinion, tellVerdict } from './opinions.ts'
import type { CaseRules } from './rules.ts'
import { seeArtifact, sightingKey } from './sightings.ts'

/** What an analysis or an indicator says of an observable counts for every open case that holds it. */
export function foldResult(
  rules: CaseRules,
  state: StateView<FoldState>,
  event: ResultRecord,
  context: Context,
): Decision {
  const d = deciding(state)
  const book = caseBook(d, event.domain)
  if (event.kind === 'report') foldReport(rules, d, book, event, event.report, context)
  else if (event.kind === 'match') foldMatch(rules, d, book, event, event.match, context)
  else if (event.kind === 'failure')
    book.noted('analysis.results/failure', `${event.failure.name}: ${event.failure.reason}`)
  else if (event.kind === 'refusal')
    book.noted('analysis.results/refusal', `${event.refusal.name}: ${event.refusal.reason}`)
  else book.noted('analysis.results', 'nothing for a case')
  book.close(context.now + rules.rememberMs)
  return d.decision()
}

function foldReport(
  rules: CaseRules,
  d: Deciding<FoldState>,
  book: CaseBook,
  event: ResultRecord,
  report: Report,
  context: Context,
): void {
  const { type, value, verdict, score } = report
  const says = report.taxonomies.map(each => `${each.namespace}:${each.predicate}="${each.value}"`).join(' ')
  // A report tells of the value, and is as high as that: found by an analysis it may be higher than the case.
  const opinion = {
    by: report.name,
    verdict,
    score,
    says,
    at: event.at,
    indicator: false,
    retro: false,
    tlp: event.tlp,
  }
  const earlier = keepOpinion(d, event.domain, report, opinion, context.now + rules.rememberMs)
  const sighting = d.get('sighting', sightingKey(event.domain, report))
  const cases = openCases(d, event.domain, sighting?.cases ?? [])
  if (sighting !== undefined && sighting.depth === 0) {
    for (const found of report.artifacts) {
      const flags = rules.marker.mark({ type: found.type as ObservableType, value: found.value })
      seeArtifact(rules, d, event, { ...found, flags }, sighting.cases, context.now)
    }
  }
  const analysisFolded = {
    analyzer: report.name,
    type,
    value,
    verdict,
    score,
    taxonomies: report.taxonomies,
    answers: sighting?.recent.length ?? 0,
  }
  for (const before of cases) {
    const after = fold(before, report, opinion, earlier)
    book.event({ kind: 'analysis-folded', analysisFolded }, after)
    tellVerdict(book, before, after, `${report.name}: ${says}`)
  }
  if (cases.length === 0) book.noted('analysis.results/report', 'no open case holds this observable')
}

function foldMatch(
  rules: CaseRules,
  d: Deciding<FoldState>,
  book: CaseBook,
  event: ResultRecord,
  match: Match,
  context: Context,
): void {
  const verdict = match.toIds ? 'malicious' : 'suspicious'
  const says = `${match.source}: ${match.eventInfo} (${match.toIds ? 'to_ids' : 'not to_ids'})`
  const opinion: Opinion = {
    by: `${match.source}/${match.eventUuid}`,
    verdict,
    score: match.toIds ? 2 : 1,
    says,
    at: event.at,
    indicator: true,
    retro: match.retro,
    tlp: highestTlp(event.tlp as Tlp, match.tlp as Tlp),
  }
  const earlier = keepOpinion(d, event.domain, match, opinion, context.now + rules.rememberMs)
  const cases = openCases(d, event.domain, d.get('sighting', sightingKey(event.domain, match))?.cases ?? [])
  const { source, type, value, indicatorUuid, eventUuid, eventInfo, toIds, retro, afterMs } = match
  for (const before of cases) {
    const after = fold(before, match, opinion, earlier)
    const indicatorMatched = { source, type, value, indicatorUuid, eventUuid, eventInfo, toIds, retro, afterMs }
    book.event({ kind: 'indicator-matched', indicatorMatched }, after)
    tellVerdict(book, before, after, says)
  }
  if (cases.length === 0) book.noted('analysis.results/match', 'no open case holds this observable')
}

function openCases(d: Deciding<FoldState>, domain: string, ids: readonly string[]): readonly Case[] {
  return ids.flatMap(caseId => {
    const summary = d.get('case', `${domain}|${caseId}`)?.summary
    return summary?.status === 'open' ? [summary] : []
  })
}
