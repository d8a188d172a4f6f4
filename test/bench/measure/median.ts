import type { Figures } from './item.ts'

/** Of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low = Number.NaN, high = low] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}

/** The median of each figure by itself; a figure that only some repetitions gave counts by those. */
export function medians(runs: readonly Figures[]): Figures {
  const names = new Set(runs.flatMap(run => Object.keys(run)))
  return Object.fromEntries(
    [...names].map(name => [name, median(runs.map(run => run[name]).filter(value => value !== undefined))]),
  )
}
