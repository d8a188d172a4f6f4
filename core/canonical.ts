import { VigiaError } from './errors.ts'

/** Deeper JSON than any alert has; a sender that nests further is refused rather than trusted with our stack. */
export const deepestNesting = 128

/**
 * JSON text that is equal for equal values: keys sorted by code unit, no white space, `undefined` left out as
 * `JSON.stringify` does, `-0` as `0`. Numbers are those of JavaScript. Throws `VIG_ALERT_INVALID` where the value is
 * nested deeper than `deepestNesting`, and nothing else for what `JSON.parse` can give.
 */
export function canonicalJson(value: unknown): string {
  return written(value, 0)
}

function written(value: unknown, depth: number): string {
  if (depth > deepestNesting) {
    throw new VigiaError('VIG_ALERT_INVALID', `nested deeper than ${deepestNesting} levels`)
  }
  if (Array.isArray(value)) return `[${value.map(item => written(item, depth + 1)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${written(item, depth + 1)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
