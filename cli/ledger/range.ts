import type { PartitionBounds } from '../../runtime/log.ts'
import type { Place } from './place.ts'

/** Offsets of one partition, both ends included. */
export type OffsetRange = { readonly partition: number; readonly from: number; readonly to: number }

/** What is accounted for: all that is there where nothing is said. Times in epoch ms, `from` included, `to` not. */
export type Range = { readonly from?: number; readonly to?: number; readonly offsets?: readonly OffsetRange[] }

/** `alerts.raw/0/100-200`, or `0:100-200`; one offset is a range too. Undefined for anything else. */
export function parseOffsets(text: string): OffsetRange | undefined {
  const found = /^(?:alerts\.raw\/(\d+)\/|(\d+):)(\d+)(?:-(\d+))?$/.exec(text)
  if (found === null) return undefined
  const [, ofTopic, ofPartition, first, last = first] = found
  const [partition, from, to] = [Number(ofTopic ?? ofPartition), Number(first), Number(last)]
  return [partition, from, to].every(Number.isSafeInteger) && from <= to ? { partition, from, to } : undefined
}

/** Whether a raw record lies in the range, and not before what is still there. */
export function coversOf(range: Range, bounds: readonly PartitionBounds[]): (place: Place, at: number) => boolean {
  const starts = new Map(bounds.map(({ partition, start }) => [partition, start]))
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, offsets } = range
  return ({ partition, offset }, at) => {
    if (offset < (starts.get(partition) ?? 0) || at < from || at >= to) return false
    return offsets === undefined || offsets.some(each => isWithin(each, partition, offset))
  }
}

/** What a range names that was never there: partitions that do not exist, and offsets that nobody has written yet. */
export function absentOf({ offsets = [] }: Range, bounds: readonly PartitionBounds[]): readonly OffsetRange[] {
  const ends = new Map(bounds.map(({ partition, end }) => [partition, end]))
  return offsets.flatMap(({ partition, from, to }) => {
    const end = ends.get(partition) ?? 0
    return to < end ? [] : [{ partition, from: Math.max(from, end), to }]
  })
}

function isWithin(range: OffsetRange, partition: number, offset: number): boolean {
  return range.partition === partition && offset >= range.from && offset <= range.to
}

/** What is left of a partition; `firstAt`: epoch ms of its first record, undefined where nothing is left. */
export type Remains = PartitionBounds & { readonly topic: string; readonly firstAt: number | undefined }

/** Where a proof ends: what retention has taken from a partition may have belonged to the range. */
export type Truncated = { readonly topic: string; readonly partition: number; readonly start: number }

/**
 * Raw records: a range that begins before what is left is truncated, one wholly behind it is not. What follows from a
 * record is younger than it, so other topics are truncated where the range begins (`begin`, epoch ms) no later than what is left.
 */
export function truncatedOf(range: Range, remains: readonly Remains[], rawTopic: string, begin: number): Truncated[] {
  return remains
    .filter(({ topic, partition, start, firstAt }) => {
      if (start === 0) return false
      if (topic !== rawTopic || range.offsets === undefined)
        return (
          (topic === rawTopic ? (range.from ?? Number.NEGATIVE_INFINITY) : begin) <=
          (firstAt ?? Number.POSITIVE_INFINITY)
        )
      return range.offsets.some(each => each.partition === partition && each.from < start)
    })
    .map(({ topic, partition, start }) => ({ topic, partition, start }))
}
