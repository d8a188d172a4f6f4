import { observableKey } from '../../core/observable/key.ts'
import type { Observable, Role } from '../../core/observable/types.ts'
import { highestTlp, type Tlp } from '../../core/tlp.ts'
import type { Attachment } from '../../schemas/generated/types.ts'
import { tlpOf } from './marking.ts'
import { readingsOf } from './readings.ts'
import type { IngestRules } from './rules.ts'
import type { SourceSettings } from './source-settings.ts'
import type { FoundObservable } from './sources/mapped.ts'
import { shortened } from './text-limit.ts'

/** More are not kept: the weaker roles are left out. */
const mostObservables = 500
const mostTags = 10

const rank: Readonly<Record<Role, number>> = { source: 0, target: 1, indicator: 2, observer: 3, mentioned: 4 }

/** An observable as it stands in the alert. */
type Kept = Observable & { readonly attachment: Attachment | null }

/**
 * The observables of an alert in normal form, each value once: with its strongest role and where it stood in that, the
 * highest TLP that was said of it (never below the alert's own), and all its tags. At most 500; what is marked higher than
 * the alert is kept first.
 */
export function alertObservables(
  found: readonly FoundObservable[],
  alertTlp: Tlp,
  settings: SourceSettings,
  rules: IngestRules,
): readonly Kept[] {
  const kept = new Map<string, Kept>()
  for (const { found: each, normal } of found.flatMap(one => readingsOf(one).readings)) {
    const key = observableKey(normal)
    const other = kept.get(key)
    const tlp = markedTlp(each, alertTlp, settings)
    const tags = (each.tags ?? []).slice(0, mostTags).map(tag => shortened(tag, 128))
    const place = { role: each.role, path: shortened(each.path, 256) }
    const marks = other?.flags.filter(flag => flag !== 'file-like') ?? rules.marker.mark(normal)
    // Named as a domain anywhere, it is one.
    const isFileLike = each.isFileLike === true && (other?.flags.includes('file-like') ?? true)
    const flags = isFileLike ? [...marks, 'file-like' as const] : marks
    const attachment = each.attachment ?? null
    const observable = { ...normal, ...place, tlp, tags: [...new Set(tags)], flags, attachment }
    kept.set(key, other === undefined ? observable : merged(other, observable))
  }
  const all = [...kept.values()]
  if (all.length <= mostObservables) return all
  const order = ({ tlp, role }: Kept) => (tlp === null || tlp === alertTlp ? rank[role] : -1)
  return all.toSorted((left, right) => order(left) - order(right)).slice(0, mostObservables)
}

/** `null` where nothing is said of the observable itself; what has no meaning is taken for the highest. */
export function markedTlp(found: FoundObservable, alertTlp: Tlp, settings: SourceSettings): Tlp | null {
  if (found.tlp === undefined || found.tlp === null) return null
  return highestTlp(alertTlp, tlpOf(found.tlp, found.tags ?? [], settings) ?? 'RED')
}

function merged(first: Kept, second: Kept): Kept {
  const stronger = rank[second.role] < rank[first.role] ? second : first
  return {
    ...stronger,
    flags: second.flags,
    tlp: first.tlp === null || second.tlp === null ? (first.tlp ?? second.tlp) : highestTlp(first.tlp, second.tlp),
    tags: [...new Set([...first.tags, ...second.tags])].slice(0, mostTags),
    attachment: stronger.attachment ?? first.attachment ?? second.attachment,
  }
}
