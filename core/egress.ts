import type { ObservableFlag } from './observable/types.ts'
import { type Pap, papAtMost, paps, type Tlp, tlpAtMost, tlps } from './tlp.ts'

/**
 * The gate that everything passes before it leaves. `none`: nothing leaves. `passive`: somebody outside is asked about
 * the observable. `active`: the observable itself is touched (fetched, submitted, uploaded), which its owner may see.
 */
export type Egress = 'none' | 'passive' | 'active'

export type Subject = { readonly tlp: Tlp; readonly pap: Pap; readonly flags: readonly ObservableFlag[] }
export type Way = { readonly egress: Egress; readonly maxTlp?: Tlp }

export type Gate =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'tlp' | 'pap' | 'private' | 'own'; readonly says: string }

const defaultMax: Tlp = 'GREEN'

/** Default-deny: what is not known to be allowed is refused. RED never leaves, whatever `maxTlp` says. */
export function mayLeave(subject: Subject, way: Way): Gate {
  if (way.egress === 'none') return { allowed: true }
  if (way.egress !== 'passive' && way.egress !== 'active') {
    return { allowed: false, reason: 'tlp', says: `nothing leaves by an egress called ${String(way.egress)}` }
  }
  const max = way.maxTlp ?? defaultMax
  const isRed = subject.tlp === 'RED' || !tlps.includes(subject.tlp)
  if (isRed || !tlps.includes(max) || !tlpAtMost(subject.tlp, max)) {
    return {
      allowed: false,
      reason: 'tlp',
      says: `TLP ${subject.tlp} is higher than ${isRed ? 'anything that leaves' : max}`,
    }
  }
  const maxPap: Pap = way.egress === 'passive' ? 'AMBER' : 'GREEN'
  if (!paps.includes(subject.pap) || !papAtMost(subject.pap, maxPap)) {
    return {
      allowed: false,
      reason: 'pap',
      says: `PAP ${subject.pap} is higher than ${maxPap}, the most for ${way.egress}`,
    }
  }
  if (subject.flags.includes('own')) return { allowed: false, reason: 'own', says: "it is the organisation's own" }
  const inside = subject.flags.find(flag => !mayBeMarked(flag))
  return inside === undefined
    ? { allowed: true }
    : { allowed: false, reason: 'private', says: `it is a ${inside} address or name` }
}

/** Well-known and empty things may be asked about; any other mark, known or not yet known, keeps a value in. */
function mayBeMarked(flag: string): boolean {
  return flag === 'empty-file' || flag.startsWith('warninglist:')
}
