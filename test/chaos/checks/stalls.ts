import type { Place } from './history.ts'
import { findings, type Result } from './result.ts'

/** How far a group was in one partition, at one moment. */
export type Sample = {
  /** Epoch ms. */
  readonly time: number
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** Next offset to be read. */
  readonly committed: number
  /** Kept with the offset: where records of a partition end in any order it moves while the offset stands. */
  readonly metadata?: string
  /** Next offset to be written. */
  readonly end: number
}

/** Longest first. */
export type Stall = { readonly group: string; readonly partition: string; readonly from: number; readonly ms: number }

/**
 * No partition with something to read stands still longer than the bound. Timed from the first sample that shows it so, to the last: short
 * by at most one interval between samples at each end. The times between samples that could not be taken (no broker answered) count.
 *
 * `records` are the places of all records of the topics: what lies between the committed offset and the end may be marks of transactions only, which no
 * group ever passes. Without them every difference counts.
 */
export function checkStalls(samples: readonly Sample[], boundMs: number, records?: readonly Place[]): Result {
  const found = findings()
  const partitions = new Set(samples.map(({ group, topic, partition }) => `${group} ${topic}/${partition}`))
  const stalls = stallsIn(samples, records)
  for (const { group, partition, from, ms } of stalls) {
    if (ms <= boundMs) break
    found.add(`${group} stood still for ${seconds(ms)} s at ${partition}, from ${new Date(from).toISOString()} on`)
  }
  const longestMs = stalls[0]?.ms ?? 0
  return found.result(`no partition stalled longer than ${seconds(boundMs)} s`, {
    ...{ samples: samples.length, partitions: partitions.size, longestMs },
  })
}

/** Every time that a partition with something to read did not move, longest first. */
export function stallsIn(samples: readonly Sample[], records?: readonly Place[]): readonly Stall[] {
  const offsets = records === undefined ? undefined : offsetsOf(records)
  const open = new Map<string, Stall & { readonly mark: string }>()
  const stalls: Stall[] = []
  for (const sample of samples.toSorted((a, b) => a.time - b.time)) {
    const { time, group, topic, partition, committed, metadata = '' } = sample
    const at = `${topic}/${partition}`
    const key = `${group} ${at}`
    const mark = `${committed} ${metadata}`
    const before = open.get(key)
    if (before?.mark === mark) open.set(key, { ...before, ms: time - before.from })
    else if (before !== undefined) {
      // It was seen to move: until then it stood.
      stalls.push(before)
      open.delete(key)
    }
    const isBehind = committed < sample.end && (offsets === undefined || hasBetween(offsets.get(at), sample))
    if (!isBehind) {
      const ended = open.get(key)
      if (ended !== undefined) stalls.push(ended)
      open.delete(key)
    } else if (!open.has(key)) open.set(key, { group, partition: at, from: time, ms: 0, mark })
  }
  stalls.push(...open.values())
  return stalls.filter(({ ms }) => ms > 0).sort((a, b) => b.ms - a.ms)
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1)

function offsetsOf(records: readonly Place[]): ReadonlyMap<string, readonly number[]> {
  const offsets = new Map<string, number[]>()
  for (const { topic, partition, offset } of records) {
    const key = `${topic}/${partition}`
    const known = offsets.get(key)
    if (known === undefined) offsets.set(key, [offset])
    else known.push(offset)
  }
  for (const each of offsets.values()) each.sort((a, b) => a - b)
  return offsets
}

/** By halving: whether one of the sorted offsets lies from `committed` on, before `end`. */
function hasBetween(offsets: readonly number[] = [], { committed, end }: Sample): boolean {
  let [low, high] = [0, offsets.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((offsets[middle] ?? 0) < committed) low = middle + 1
    else high = middle
  }
  return (offsets[low] ?? Number.POSITIVE_INFINITY) < end
}
