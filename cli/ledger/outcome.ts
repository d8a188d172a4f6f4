/** What became of one part of a raw record, or has not yet. */
export type Outcome = 'linked' | 'duplicate' | 'suppressed' | 'rejected' | 'pending' | 'unaccounted'

export const outcomes: readonly Outcome[] = ['linked', 'duplicate', 'suppressed', 'rejected', 'pending', 'unaccounted']

/** A part that has no outcome; `since`: epoch ms of its raw record, or of the record that it was driven again by. */
export type Part = {
  readonly id: string
  readonly outcome: 'pending' | 'unaccounted'
  /** `unread` where nothing is known of it but its place. */
  readonly source: string
  readonly tenant: string
  readonly since: number
}

/** What became of the parts from one source of one tenant. */
export type Row = { readonly source: string; readonly tenant: string } & Readonly<Record<Outcome, number>>

export type Ledger = Readonly<Record<Outcome, number>> & {
  readonly raw: number
  readonly rows: readonly Row[]
  /** What is pending or unaccounted, the oldest first; at most `mostListed` of each. */
  readonly parts: readonly Part[]
  /** Parts with more than one outcome, and event ids that stand twice: never in a sound log. */
  readonly repeated: readonly string[]
  /** Parts whose raw record is missing from the middle of its partition. */
  readonly orphans: readonly string[]
  readonly balanced: boolean
}

/** The name of source and tenant of what no stage has read. */
export const unread = 'unread'

export type Filter = { readonly source?: string; readonly tenant?: string }

type Named = { readonly source: string; readonly tenant: string }

/** What nobody has read may be anyone's: it is never left out. */
export function wanted({ source, tenant }: Filter): (each: Named) => boolean {
  return each =>
    (source === undefined || each.source === source || each.source === unread) &&
    (tenant === undefined || each.tenant === tenant || each.tenant === unread)
}

/** Whether any of these rows, which a filter left in, is one that it asks for. */
export function isMatched({ source, tenant }: Filter, rows: readonly Named[]): boolean {
  return (source === undefined && tenant === undefined) || rows.some(each => each.source !== unread)
}

export const mostListed = 1000

/** The oldest of however many parts, in little room. */
export function oldest(): { add(part: Part): void; list(): readonly Part[] } {
  let parts: Part[] = []
  const cut = () => {
    parts = parts.sort((a, b) => a.since - b.since).slice(0, mostListed)
    return parts
  }
  return {
    add(part) {
      parts.push(part)
      if (parts.length >= 4 * mostListed) cut()
    },
    list: cut,
  }
}

export function ledgerOf(
  rows: readonly Row[],
  parts: readonly Part[],
  repeated: readonly string[],
  orphans: readonly string[],
): Ledger {
  const sum = (outcome: Outcome) => rows.reduce((total, row) => total + row[outcome], 0)
  const numbers = {
    linked: sum('linked'),
    duplicate: sum('duplicate'),
    suppressed: sum('suppressed'),
    rejected: sum('rejected'),
    pending: sum('pending'),
    unaccounted: sum('unaccounted'),
  }
  return {
    raw: outcomes.reduce((total, outcome) => total + numbers[outcome], 0),
    ...numbers,
    ...{ rows, parts, repeated, orphans },
    balanced: numbers.unaccounted === 0 && repeated.length === 0 && orphans.length === 0,
  }
}
