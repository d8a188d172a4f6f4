/**
 * Open-loop arrivals: alert number n is due at n / rate seconds, whatever became of those before it. What a slow chain, or a
 * slow sender, delays is measured from when it was due, so that no delay hides the ones behind it.
 */
export type Arrivals = {
  /** Numbers of the alerts that are due by now and were not taken yet, in order. */
  take(now: number): readonly number[]
  /** When an alert is due, in the time of `now`. */
  dueAt(number: number): number
  isOver(): boolean
}

export function arrivals(startsAt: number, perSecond: number, count: number): Arrivals {
  let next = 0
  const dueAt = (number: number) => startsAt + (number * 1000) / perSecond
  return {
    dueAt,
    isOver: () => next >= count,
    take(now) {
      const due: number[] = []
      while (next < count && dueAt(next) <= now) {
        due.push(next)
        next += 1
      }
      return due
    },
  }
}
