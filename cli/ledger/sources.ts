import type { AlertRecord, CaseEvent } from '../../schemas/generated/types.ts'
import { bodyOf } from './open-record.ts'

/** What came from a source of a tenant, and whether it has fallen silent. Times in epoch ms. */
export type SourceFacts = {
  readonly source: string
  readonly tenant: string
  readonly alerts: number
  readonly refused: number
  readonly suppressed: number
  /** Within the last hour, to the minute. */
  readonly lastHour: number
  readonly lastSeenAt: number
  /** See `usualGapOf`; null where too little is known. */
  readonly usualGapMs: number | null
  readonly silent: boolean
}

export type SourceBook = {
  /** Every event on `alerts`, in order by partition. */
  see(record: AlertRecord): void
  /** An alert that a suppression kept out of the cases. */
  suppress(event: CaseEvent): void
  /** The one that was last seen comes first. */
  list(now: number): readonly SourceFacts[]
}

const minute = 60_000
const minutesOfAnHour = 60
/** Before so many arrivals nothing is usual. */
const fewest = 8
/** Gaps that are remembered of a source: what was usual long ago is not any more. */
const mostGaps = 128
const silentGaps = 10
/** Nothing is silent sooner than this: 5 minutes. Stages and senders are restarted, and catch up. */
const leastSilenceMs = 5 * minute
const longestName = 64
const other = { source: 'other', tenant: 'other' }

type Known = {
  readonly source: string
  readonly tenant: string
  alerts: number
  refused: number
  suppressed: number
  lastSeenAt: number
  /** When the last arrival began: what comes within a minute of that belongs to it. */
  arrivedAt: number
  /** Between the beginnings of arrivals. */
  readonly gaps: number[]
  /** How many in each of the last minutes. */
  readonly minutes: Map<number, number>
}

/**
 * Keeps `most` pairs of source and tenant, the first that come: senders name their sources, so all further ones are
 * counted under `other`, and names are cut to 64 characters.
 */
export function sourceBook(most = 200): SourceBook {
  const sources = new Map<string, Known>()

  function knownOf(source: string, tenant: string): Known {
    const pair = { source: source.slice(0, longestName), tenant: tenant.slice(0, longestName) }
    const key = JSON.stringify([pair.source, pair.tenant])
    const known = sources.get(key)
    if (known !== undefined) return known
    if (sources.size >= most && source !== other.source) return knownOf(other.source, other.tenant)
    const counts = { alerts: 0, refused: 0, suppressed: 0 }
    const made: Known = { ...pair, ...counts, lastSeenAt: 0, arrivedAt: 0, gaps: [], minutes: new Map() }
    sources.set(key, made)
    return made
  }

  return {
    see(record) {
      const known = knownOf(bodyOf(record).source, record.tenant)
      if (record.kind === 'alert') known.alerts += 1
      else if (record.kind === 'rejection') known.refused += 1
      else known.suppressed += 1
      const gap = record.at - known.arrivedAt
      if (gap >= minute) {
        if (known.arrivedAt > 0) known.gaps.push(gap)
        if (known.gaps.length > mostGaps) known.gaps.shift()
        known.arrivedAt = record.at
      }
      known.lastSeenAt = Math.max(known.lastSeenAt, record.at)
      const at = Math.floor(record.at / minute)
      known.minutes.set(at, (known.minutes.get(at) ?? 0) + 1)
      for (const oldest of known.minutes.keys()) {
        if (known.minutes.size <= minutesOfAnHour) break
        known.minutes.delete(oldest)
      }
    },
    suppress(event) {
      if (event.kind === 'alert-suppressed') knownOf(event.alertSuppressed.source, event.tenant).suppressed += 1
    },
    list: now =>
      [...sources.values()]
        .map(({ gaps, minutes, arrivedAt: _, ...known }) => {
          const since = Math.floor(now / minute) - minutesOfAnHour
          const lastHour = [...minutes].reduce((sum, [at, count]) => (at > since ? sum + count : sum), 0)
          const usualGapMs = usualGapOf(gaps)
          return { ...known, lastHour, usualGapMs, silent: isSilent(known.lastSeenAt, usualGapMs, now) }
        })
        .sort((a, b) => b.lastSeenAt - a.lastSeenAt),
  }
}

/**
 * The gap (ms) such that half of the time passed in gaps no longer than it: of a steady source its interval, of one that
 * sends in long bursts the time between bursts, where a plain median would be the time within one. Null below 8 arrivals.
 */
export function usualGapOf(gaps: readonly number[]): number | null {
  if (gaps.length < fewest - 1) return null
  const sorted = gaps.toSorted((a, b) => a - b)
  const half = sorted.reduce((sum, gap) => sum + gap, 0) / 2
  let passed = 0
  for (const gap of sorted) {
    passed += gap
    if (passed >= half) return gap
  }
  return null
}

/** Whether nothing came for more than ten times the usual gap, and for more than 5 minutes. */
export function isSilent(lastSeenAt: number, usualGapMs: number | null, now: number): boolean {
  return usualGapMs !== null && now - lastSeenAt > Math.max(silentGaps * usualGapMs, leastSilenceMs)
}
