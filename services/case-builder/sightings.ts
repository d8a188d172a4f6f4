import { highestPap, highestTlp, type Pap, type Tlp } from '../../core/tlp.ts'
import type { Deciding } from '../../runtime/decision.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Envelope, FoldState, ObservableInAlert } from '../../schemas/generated/types.ts'
import type { CaseRules } from './rules.ts'

/** What a domain has seen of an observable: when, in which open cases, and when it was last told to the others. */

type Ref = { readonly type: string; readonly value: string }

export function sightingKey(domain: string, { type, value }: Ref): string {
  return `${domain}|${type}|${value}`
}

/** Times of the alerts that held it since `since`; at most the last 21 are kept, which is enough to tell "too common". */
export function recentOf(d: Deciding<FoldState>, domain: string, observable: Ref, since: number): readonly number[] {
  return (d.get('sighting', sightingKey(domain, observable))?.recent ?? []).filter(at => at >= since)
}

const mostRecent = 21
const mostCases = 50

/** Whether an observable counts for a case already. */
export function isMember(d: Deciding<FoldState>, domain: string, caseId: string, observable: Ref): boolean {
  return d.get('member', `${caseId}|${sightingKey(domain, observable)}`) !== undefined
}

/** Whether a repeat says something higher of an observable, or names one that the first alert did not. */
export function isNews(d: Deciding<FoldState>, event: Envelope, seen: ObservableInAlert): boolean {
  const before = d.get('sighting', sightingKey(event.domain, seen))
  if (before === undefined) return true
  const tlp = highestTlp(before.tlp as Tlp, event.tlp as Tlp, (seen.tlp ?? 'CLEAR') as Tlp)
  return tlp !== before.tlp || highestPap(before.pap as Pap, event.pap as Pap) !== before.pap
}

/** Notes an observable of an alert, and writes it to `observables` on first sight, on a TLP or PAP change, or once a day. */
export function seeObservable(
  rules: CaseRules,
  d: Deciding<FoldState>,
  event: Envelope,
  seen: ObservableInAlert,
  caseId: string,
  now: number,
): void {
  const key = sightingKey(event.domain, seen)
  const before = d.get('sighting', key)
  const own = highestTlp(event.tlp as Tlp, (seen.tlp ?? 'CLEAR') as Tlp)
  const tlp = before === undefined ? own : highestTlp(before.tlp as Tlp, own)
  const pap = before === undefined ? event.pap : highestPap(before.pap as Pap, event.pap as Pap)
  const tells =
    before === undefined || before.tlp !== tlp || before.pap !== pap || now - before.writtenAt >= rules.rewriteMs
  const after = {
    firstSeenAt: before?.firstSeenAt ?? event.at,
    writtenAt: tells ? now : before.writtenAt,
    ...{ tlp, pap, depth: 0, role: before?.role ?? seen.role },
    recent: [...(before?.recent ?? []), event.at].slice(-mostRecent),
    cases: withCase(d, event.domain, before?.cases ?? [], caseId),
  }
  d.put('sighting', key, after, now + rules.rememberMs)
  d.put('member', `${caseId}|${key}`, { at: event.at }, now + rules.rememberMs)
  if (tells) {
    const observable = {
      type: seen.type,
      value: seen.value,
      role: after.role,
      flags: seen.flags,
      firstSeenAt: after.firstSeenAt,
      depth: 0,
    }
    d.emit(topics.observables, `${seen.type}|${seen.value}|${event.domain}`, {
      kind: 'observable',
      observable,
      tlp,
      pap,
    })
  }
}

type Artifact = Ref & { readonly flags: readonly string[]; readonly tlp: string | null }

/**
 * Notes what an analysis found; it is analysed once, and what is found then no further. Its TLP is at least that of what
 * led to it; a value that was known is only told again where that raises it.
 */
export function seeArtifact(
  rules: CaseRules,
  d: Deciding<FoldState>,
  event: Envelope,
  found: Artifact,
  cases: readonly string[],
  now: number,
): void {
  const key = sightingKey(event.domain, found)
  const before = d.get('sighting', key)
  const own = highestTlp(event.tlp as Tlp, (found.tlp ?? 'CLEAR') as Tlp)
  const tlp = before === undefined ? own : highestTlp(before.tlp as Tlp, own)
  const pap = before === undefined ? event.pap : highestPap(before.pap as Pap, event.pap as Pap)
  if (before !== undefined && before.tlp === tlp && before.pap === pap) return
  const { firstSeenAt, depth, role } = before ?? { firstSeenAt: event.at, depth: 1, role: 'mentioned' }
  const seen = { recent: before?.recent ?? [], cases: before?.cases ?? cases.slice(-mostCases) }
  d.put('sighting', key, { firstSeenAt, writtenAt: now, tlp, pap, depth, role, ...seen }, now + rules.rememberMs)
  const { type, value, flags } = found
  const observable = { type, value, role, flags, firstSeenAt, depth }
  d.emit(topics.observables, `${type}|${value}|${event.domain}`, { kind: 'observable', observable, tlp, pap })
}

/** The open cases that hold it. Closed ones fall out here, so that the list stays short. */
function withCase(
  d: Deciding<FoldState>,
  domain: string,
  before: readonly string[],
  caseId: string,
): readonly string[] {
  if (before.at(-1) === caseId) return before
  const open = before.filter(each => each !== caseId && d.get('case', `${domain}|${each}`)?.summary.status === 'open')
  return [...open, caseId].slice(-mostCases)
}
