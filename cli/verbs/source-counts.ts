import type { AlertRecord } from '../../schemas/generated/types.ts'

/** What came from a source, by its name. */
export type SourceCount = {
  readonly source: string
  readonly alerts: number
  readonly refused: number
  readonly suppressed: number
  readonly lastHour: number
  /** Epoch ms. */
  readonly lastSeenAt: number
}

const hour = 60 * 60 * 1000

/** The one that was last seen comes first. */
export function sourceCounts(records: readonly AlertRecord[], now: number): readonly SourceCount[] {
  const counts = new Map<string, SourceCount>()
  for (const record of records) {
    const source = sourceOf(record)
    const before = counts.get(source)
    counts.set(source, {
      source,
      alerts: (before?.alerts ?? 0) + Number(record.kind === 'alert'),
      refused: (before?.refused ?? 0) + Number(record.kind === 'rejection'),
      suppressed: (before?.suppressed ?? 0) + Number(record.kind === 'suppression'),
      lastHour: (before?.lastHour ?? 0) + Number(record.at > now - hour),
      lastSeenAt: Math.max(before?.lastSeenAt ?? 0, record.at),
    })
  }
  return [...counts.values()].sort((a, b) => b.lastSeenAt - a.lastSeenAt)
}

function sourceOf(record: AlertRecord): string {
  if (record.kind === 'alert') return record.alert.source
  return record.kind === 'rejection' ? record.rejection.source : record.suppression.source
}
