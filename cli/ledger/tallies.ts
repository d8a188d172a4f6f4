import { type Outcome, outcomes, type Row, unread } from './outcome.ts'

/** How many parts had which outcome, by source and tenant. A pair is known by its number: 0 is what nobody has read. */
export type Tallies = {
  numberOf(source: string, tenant: string): number
  nameOf(number: number): { readonly source: string; readonly tenant: string }
  add(number: number, outcome: Outcome, parts?: number): void
  /** A copy, for what holds only at one moment. */
  copy(): Tallies
  rows(): readonly Row[]
}

/** Sources are named by senders: beyond so many pairs all further ones are counted as one. */
const mostPairs = 10_000
const other = { source: 'other', tenant: 'other' }

type Pair = { readonly source: string; readonly tenant: string }

export function tallies(): Tallies {
  return talliesOf([], [], new Map())
}

function talliesOf(pairs: Pair[], counts: number[][], numbers: Map<string, number>): Tallies {
  const numberOf = (source: string, tenant: string): number => {
    const key = JSON.stringify([source, tenant])
    const known = numbers.get(key)
    if (known !== undefined) return known
    if (pairs.length >= mostPairs && source !== other.source) return numberOf(other.source, other.tenant)
    numbers.set(key, pairs.length)
    pairs.push({ source, tenant })
    return pairs.length - 1
  }
  if (pairs.length === 0) numberOf(unread, unread)
  return {
    numberOf,
    nameOf: number => pairs[number] ?? other,
    add(number, outcome, parts = 1) {
      const row = counts[number] ?? outcomes.map(() => 0)
      const column = outcomes.indexOf(outcome)
      row[column] = (row[column] ?? 0) + parts
      counts[number] = row
    },
    copy: () =>
      talliesOf(
        [...pairs],
        counts.map(row => [...row]),
        new Map(numbers),
      ),
    rows: () =>
      counts.flatMap((row, number) => {
        if (row.every(count => count === 0)) return []
        const [linked = 0, duplicate = 0, suppressed = 0, rejected = 0, pending = 0, unaccounted = 0] = row
        return [{ ...(pairs[number] ?? other), linked, duplicate, suppressed, rejected, pending, unaccounted }]
      }),
  }
}
