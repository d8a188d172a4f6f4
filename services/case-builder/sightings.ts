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
const mostCases = 20

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

/** Notes what an analysis found; it is analysed once, and what is found then no further. */
export function seeArtifact(
  rules: CaseRules,
  d: Deciding<FoldState>,
  event: Envelope,
  found: Ref & { readonly flags: readonly string[] },
  cases: readonly string[],
  now: number,
): void {
  const key = sightingKey(event.domain, found)
  if (d.get('sighting', key) !== undefined) return
  const { tlp, pap } = event
  d.put(
    'sighting',
    key,
    {
      firstSeenAt: event.at,
      writtenAt: now,
      tlp,
      pap,
      depth: 1,
      role: 'mentioned',
      recent: [],
      cases: cases.slice(-mostCases),
    },
    now + rules.rememberMs,
  )
  const observable = {
    type: found.type,
    value: found.value,
    role: 'mentioned',
    flags: found.flags,
    firstSeenAt: event.at,
    depth: 1,
  }
  d.emit(topics.observables, `${found.type}|${found.value}|${event.domain}`, { kind: 'observable', observable })
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
