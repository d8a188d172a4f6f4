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
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) {
    let text = ''
    for (const item of value) text += `${text === '' ? '' : ','}${written(item, depth + 1)}`
    return `[${text}]`
  }
  if (typeof value === 'object' && value !== null) {
    let text = ''
    // By code unit, which is what `sort` does when it is not told otherwise.
    for (const key of Object.keys(value).sort()) {
      const item = (value as Readonly<Record<string, unknown>>)[key]
      if (item === undefined) continue
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written(item, depth + 1)}`
    }
    return `{${text}}`
  }
  return JSON.stringify(value) ?? 'null'
}
