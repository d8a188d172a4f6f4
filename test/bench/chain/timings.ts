import { percentile } from './percentiles.ts'

/** One alert on its way: when it was due, when its intake was acknowledged, when its case event was read. */
type Journey = { readonly dueAt: number; readonly ackAt: number; seenAt: number | undefined }

/**
 * Puts together what two sides tell of an alert, in either order: the sender when it was acknowledged, the reader when the event
 * that links it (or counts it as a repeat) was seen. Times are of one clock, in ms.
 */
export type Timings = {
  acknowledged(rawId: string, dueAt: number, ackAt: number): void
  seen(rawId: string, seenAt: number): void
  /** Alerts that were acknowledged and have not been seen. */
  readonly open: () => number
  /** Of the alerts that were due from `from` on and before `to`. */
  figures(from: number, to: number): ChainFigures
}

export type ChainFigures = {
  /** Seen in this time, whenever they were due: what the chain kept up with. */
  readonly perSecond: number
  /** From when it was due to the case event. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** From the acknowledgement of its intake, and to it. */
  readonly afterAckP50Ms: number
  readonly afterAckP99Ms: number
  readonly ackP99Ms: number
  readonly missing: number
}

export function timings(): Timings {
  const journeys = new Map<string, Journey>()
  const early = new Map<string, number>()
  let open = 0
  return {
    acknowledged(rawId, dueAt, ackAt) {
      const seenAt = early.get(rawId)
      early.delete(rawId)
      journeys.set(rawId, { dueAt, ackAt, seenAt })
      if (seenAt === undefined) open += 1
    },
    seen(rawId, seenAt) {
      const journey = journeys.get(rawId)
      if (journey === undefined) early.set(rawId, early.get(rawId) ?? seenAt)
      else if (journey.seenAt === undefined) {
        journey.seenAt = seenAt
        open -= 1
      }
    },
    open: () => open,
    figures(from, to) {
      const all = [...journeys.values()]
      const wanted = all.filter(each => each.dueAt >= from && each.dueAt < to)
      const done = wanted.flatMap(({ dueAt, ackAt, seenAt }) =>
        seenAt === undefined ? [] : [{ dueAt, ackAt, seenAt }],
      )
      const whole = done.map(each => each.seenAt - each.dueAt)
      const afterAck = done.map(each => each.seenAt - each.ackAt)
      const toAck = wanted.map(each => each.ackAt - each.dueAt)
      const seenMeanwhile = all.filter(({ seenAt }) => seenAt !== undefined && seenAt >= from && seenAt < to)
      return {
        perSecond: (seenMeanwhile.length / (to - from)) * 1000,
        ...{ p50Ms: percentile(whole, 0.5), p99Ms: percentile(whole, 0.99), maxMs: percentile(whole, 1) },
        ...{ afterAckP50Ms: percentile(afterAck, 0.5), afterAckP99Ms: percentile(afterAck, 0.99) },
        ackP99Ms: percentile(toAck, 0.99),
        missing: wanted.length - done.length,
      }
    },
  }
}
