import type { Figures } from './item.ts'
import { profiler } from './profiler.ts'

/**
 * Measures the second half of a run: the CPU of this process (all its threads, `process.cpuUsage`) and the time from the
 * record that completes the first half to the last one. The first half is warm-up, for every item, JVM or not.
 */
export type Meter = {
  /** `count` more records are done (committed, where there is a commit). */
  add(count: number): void
  /** Resolves with the figures when all `total` are done; rejects when none is added for `stalledMs`. */
  readonly done: Promise<Figures>
}

type Sample = { readonly records: number; readonly at: number; readonly cpuMicros: number }

const stalledMs = 60_000

export function meter(total: number): Meter {
  const { promise, resolve, reject } = Promise.withResolvers<Figures>()
  let records = 0
  let half: Sample | undefined
  let seen = 0
  let over = false
  const profile = profiler()
  const watch = setInterval(() => {
    if (seen === records) reject(new Error(`no record for ${stalledMs / 1000} s, after ${records} of ${total}`))
    seen = records
  }, stalledMs)
  promise.catch(() => {}).finally(() => clearInterval(watch))
  const sample = (): Sample => {
    const { user, system } = process.cpuUsage()
    return { records, at: performance.now(), cpuMicros: user + system }
  }
  return {
    add(count) {
      if (over) return
      records += count
      if (half === undefined && records >= total / 2) {
        half = sample()
        profile.start()
      }
      if (half === undefined || records < total) return
      const end = sample()
      over = true
      profile.stop()
      if (half.records === end.records) reject(new Error(`${total} records came in one step: too few to measure`))
      else resolve(figuresBetween(half, end))
    },
    done: promise,
  }
}

/** The two figures that the table compares, of what was done between two samples. */
export function figuresBetween(from: Sample, to: Sample): Figures {
  const records = to.records - from.records
  return {
    perSecond: (records / (to.at - from.at)) * 1000,
    cpuMicros: (to.cpuMicros - from.cpuMicros) / records,
  }
}
