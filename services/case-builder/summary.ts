import { digest } from '../../core/ids.ts'
import { highestSeverity, type Severity } from '../../core/severity.ts'
import { highestPap, highestTlp, type Pap, type Tlp } from '../../core/tlp.ts'
import { highestVerdict, type Verdict } from '../../core/verdict.ts'
import type { Case, Finding, JoinedOn } from '../../schemas/generated/types.ts'

/** The bounded summary of a case, as a fold: each function answers the case after one fact. */

const mostFindings = 10
const mostJoined = 10
const mostSources = 10
/** Values of up to 4 kB are told in short: a summary is bounded. */
const longestTold = 200

/** A value as a summary tells it: whole, or its beginning with a digest that tells it from others. */
export function told(value: string): string {
  return value.length <= longestTold ? value : `${value.slice(0, longestTold)}…${digest([value]).slice(0, 8)}`
}

export type Opening = {
  readonly caseId: string
  readonly number: number
  readonly title: string
  readonly at: number
  readonly linkedTo: string | null
}

export function opened(opening: Opening, tlp: string, pap: string, severity: string): Case {
  return {
    ...{ caseId: opening.caseId, number: opening.number, status: 'open', title: opening.title.slice(0, 200) },
    ...{ severity, tlp, pap, verdict: 'unknown', score: 0, alerts: 0, repeats: 0, observables: 0 },
    ...{ openedAt: opening.at, lastAlertAt: opening.at, closedAt: null, sources: [], joinedOn: [], findings: [] },
    linkedTo: opening.linkedTo,
  }
}

export type LinkedAlert = {
  readonly at: number
  readonly tlp: string
  readonly pap: string
  readonly severity: string
  readonly source: string
  readonly shared: readonly { readonly type: string; readonly value: string; readonly role: string }[]
  readonly newObservables: number
}

export function withAlert(before: Case, alert: LinkedAlert): Case {
  return {
    ...raised(before, alert.tlp, alert.pap),
    severity: highestSeverity(before.severity as Severity, alert.severity as Severity),
    alerts: before.alerts + 1,
    observables: before.observables + alert.newObservables,
    lastAlertAt: Math.max(before.lastAlertAt, alert.at),
    sources: before.sources.includes(alert.source)
      ? before.sources
      : [...before.sources, alert.source].slice(0, mostSources),
    joinedOn: alert.shared.reduce(joined, before.joinedOn),
  }
}

function joined(
  before: readonly JoinedOn[],
  { type, value, role }: LinkedAlert['shared'][number],
): readonly JoinedOn[] {
  const found = before.find(each => each.type === type && each.value === told(value))
  if (found === undefined) return [...before, { type, value: told(value), role, alerts: 2 }].slice(0, mostJoined)
  return before.map(each => (each === found ? { ...found, alerts: found.alerts + 1 } : each))
}

export function withRepeat(before: Case, tlp: string, pap: string): Case {
  return { ...raised(before, tlp, pap), repeats: before.repeats + 1 }
}

/** A case is at least as high as anything in it: an alert, one of its observables, what was said of them. */
export function raised(before: Case, tlp: string, pap: string): Case {
  return { ...before, tlp: highestTlp(before.tlp as Tlp, tlp as Tlp), pap: highestPap(before.pap as Pap, pap as Pap) }
}

/**
 * `earlier` is the score that the same one gave for the same observable before: a newer opinion replaces it and its
 * finding. The verdict is only ever raised here: evidence raises a case, an analyst closes it (docs/adr/0008).
 */
export function withFinding(before: Case, finding: Finding, score: number, earlier: number): Case {
  const { by, type, value } = finding
  const others = before.findings.filter(each => !(each.by === by && each.type === type && each.value === value))
  return {
    ...before,
    score: before.score + score - earlier,
    verdict: highestVerdict(before.verdict as Verdict, finding.verdict as Verdict),
    findings: finding.verdict === 'unknown' ? others : worst([...others, finding]),
  }
}

/** The findings that decide are kept when there are too many: by verdict, then the earliest. */
function worst(findings: readonly Finding[]): readonly Finding[] {
  const rank = ['malicious', 'suspicious', 'benign']
  const at = (finding: Finding) => (rank.indexOf(finding.verdict) + rank.length + 1) % (rank.length + 1)
  return [...findings].sort((a, b) => at(a) - at(b) || a.at - b.at).slice(0, mostFindings)
}

export function closed(before: Case, at: number): Case {
  return { ...before, status: 'closed', closedAt: at }
}
