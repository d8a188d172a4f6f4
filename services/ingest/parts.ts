import { isUtf8 } from 'node:buffer'
import { deepestNesting } from '../../core/canonical.ts'
import type { ErrorCode } from '../../core/errors.ts'
import { isObject, type JsonObject, kindOf } from './json-object.ts'
import { whereNotJson } from './json-position.ts'

/** One alert of a raw record as JSON, or why it is none. */
export type Part =
  | { readonly body: JsonObject }
  | { readonly code: ErrorCode; readonly reason: string; readonly body?: undefined }

/** More alerts than this in one record are refused together: one decision has to fit into one transaction. */
export const mostParts = 10_000

/**
 * The parts of a raw record, at least one, in order: a JSON object, an array of them, `{alerts:[…]}`, NDJSON, or a JSON
 * object as text in `message`, as Filebeat ships it. What cannot be parsed is one part.
 */
export function partsOf(bytes: Buffer | null): readonly Part[] {
  if (bytes === null || bytes.length === 0) return [refused('VIG_ALERT_NOT_JSON', 'position 0: the value is empty')]
  if (!isUtf8(bytes)) return [refused('VIG_ALERT_NOT_UTF8', `byte ${firstInvalid(bytes)}: not UTF-8`)]
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const parts = partsOfText(text)
  if (parts.length <= mostParts) return parts
  return [refused('VIG_ALERT_INVALID', `${parts.length} alerts in one record; at most ${mostParts}`)]
}

function partsOfText(text: string): readonly Part[] {
  const whole = parsed(text)
  if (whole !== notJson) return partsOfValue(whole)
  return partsOfLines(text) ?? [notJsonPart(text, '')]
}

/** NDJSON, if most lines are JSON objects: a broken line is then one rejection among alerts. */
function partsOfLines(text: string): readonly Part[] | undefined {
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]))
  if (lines.length < 2) return undefined
  const values = lines.map(({ line }) => parsed(line))
  if (values.filter(isObject).length * 2 < values.length) return undefined
  return lines.map(({ line, number }, index) => {
    const value = values[index]
    return value === notJson ? notJsonPart(line, `line ${number}, `) : partOf(value, `line ${number}`)
  })
}

function partsOfValue(value: unknown): readonly Part[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [refused('VIG_ALERT_NOT_OBJECT', 'the array is empty')]
    return value.map((item, index) => partOf(item, `element ${index}`))
  }
  if (!isObject(value)) return [partOf(value, 'the value')]
  const alerts = value.alerts
  if (!Array.isArray(alerts) || 'sourceRef' in value) return [partOf(value, 'the value')]
  const names = namesOf(value)
  if (alerts.length > 0) return alerts.map((item, index) => partOf(inheriting(item, names), `alerts[${index}]`))
  if (Object.keys(value).length > 1) return [partOf(value, 'the value')]
  return [refused('VIG_ALERT_NOT_OBJECT', 'alerts is empty')]
}

function partOf(value: unknown, where: string): Part {
  if (!isObject(value)) return refused('VIG_ALERT_NOT_OBJECT', `${where} is ${kindOf(value)}, not an object`)
  if (isTooDeep(value)) return refused('VIG_ALERT_INVALID', `${where} is nested deeper than ${deepestNesting} levels`)
  return { body: carried(value) ?? value }
}

/**
 * What names the rule stands beside `alerts` in some webhooks (Kibana, OpenSearch Alerting), not in each alert. Only its
 * plain fields are given to each: a wrapper that is large would otherwise be walked once per alert.
 */
function inheriting(item: unknown, wrapped: JsonObject): unknown {
  return isObject(item) ? { ...wrapped, ...item } : item
}

const mostInherited = 20

function namesOf(wrapper: JsonObject): JsonObject {
  const names: Record<string, unknown> = {}
  for (const key of ['rule', 'monitor', 'trigger']) {
    const value = wrapper[key]
    if (!isObject(value)) continue
    const plain: Record<string, unknown> = {}
    let kept = 0
    for (const name in value) {
      const field = value[name]
      if (typeof field === 'object' && field !== null) continue
      plain[name] = typeof field === 'string' ? field.slice(0, 512) : field
      kept += 1
      if (kept === mostInherited) break
    }
    names[key] = plain
  }
  return names
}

/** The JSON object that a shipper wrapped as text in `message`. */
function carried(value: JsonObject): JsonObject | undefined {
  const { message } = value
  const shipped = '@timestamp' in value || '@metadata' in value || Object.keys(value).length === 1
  if (!shipped || typeof message !== 'string' || !message.trimStart().startsWith('{')) return undefined
  const inner = parsed(message)
  return isObject(inner) && !isTooDeep(inner) ? inner : undefined
}

const notJson = Symbol('not JSON')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return notJson
  }
}

function notJsonPart(text: string, where: string): Part {
  const { position, found } = whereNotJson(text)
  return refused('VIG_ALERT_NOT_JSON', `${where}position ${position}: ${found}`)
}

function refused(code: ErrorCode, reason: string): Part {
  return { code, reason }
}

function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth > deepestNesting) return true
  if (Array.isArray(value)) return value.some(item => isTooDeep(item, depth + 1))
  for (const name in value) if (isTooDeep((value as JsonObject)[name], depth + 1)) return true
  return false
}

/** Where decoding first had to put a replacement character that the sender did not. */
function firstInvalid(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  let offset = 0
  let from = 0
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) {
    offset += Buffer.byteLength(text.slice(from, at))
    from = at
    if (bytes.subarray(offset, offset + 3).toString('hex') !== 'efbfbd') return offset
  }
  return bytes.length
}
