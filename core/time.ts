/** Instants as epoch milliseconds, from all the forms that sensors send. */

const isoLike =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|z|[+-]\d\d:?\d\d|[+-]\d\d)?$/

/**
 * Z, +00:00, +0000 or no zone (which is UTC), 0 to 9 digits of fraction; epoch seconds, milli-, micro- or nanoseconds
 * as a number or text, told apart by their size. Undefined for anything else.
 */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value === 'number') return fromEpoch(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  // Nanoseconds are more than a double holds: what is below a millisecond is cut before it could be rounded up.
  if (/^\d{19}$/.test(text)) return Number(text.slice(0, 13))
  if (/^\d{1,19}(?:\.\d+)?$/.test(text)) return fromEpoch(Number(text))
  const found = isoLike.exec(text.replace(/ ?(?:UTC|GMT)$/, 'Z'))
  if (found === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found
  const millis = Number(fraction.padEnd(3, '0').slice(0, 3))
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    // A leap second is told as the one before it.
    Math.min(Number(second), 59),
    millis,
  )
  const date = new Date(local)
  // 2026-02-31 would roll over to March: it is no date.
  if (Number(minute) > 59 || Number(second) > 60) return undefined
  if (Number.isNaN(local) || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day))
    return undefined
  return local - offsetOf(zone)
}

const minute = 60_000

/** Event time only places an alert: a sensor whose clock is ahead is clamped to `at` + 5 min. */
export function clampEventTime(eventTime: number, at: number): number {
  return Math.min(eventTime, at + 5 * minute)
}

function offsetOf(zone: string): number {
  const found = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (found === null) return 0
  const size = (Number(found[2]) * 60 + Number(found[3] ?? 0)) * minute
  return found[1] === '-' ? -size : size
}

function fromEpoch(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined
  if (value < 1e11) return Math.round(value * 1000)
  if (value < 1e14) return Math.round(value)
  if (value < 1e17) return Math.floor(value / 1000)
  return Math.floor(value / 1e6)
}
