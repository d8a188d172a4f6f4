import { isUtf8 } from 'node:buffer'
import { deepestNesting } from '../../core/canonical.ts'
import type { ErrorCode } from '../../core/errors.ts'
import { isObject, type JsonObject, kindOf } from './json-object.ts'
import { whereNotJson } from './json-position.ts'
import { type MapperSet, shippedSet } from './mappings/mapper-set.ts'
import { ecs } from './sources/ecs.ts'
import { genericMapper } from './sources/generic.ts'
import { type Line, lineBody, lineOf } from './sources/line.ts'

/** One alert of a raw record as JSON, or why it is none. */
export type Part =
  | { readonly body: JsonObject }
  | { readonly code: ErrorCode; readonly reason: string; readonly body?: undefined }

/** More alerts than this in one record are refused together: one decision has to fit into one transaction. */
export const mostParts = 10_000

/**
 * The parts of a raw record, at least one, in order: a JSON object, an array of them, `{alerts:[…]}`, NDJSON, a JSON
 * object as text in `message`, as Filebeat ships it, or behind the header of a log line; else a text of its own, of
 * one line or several. What begins like JSON and is none, and what is no text, cannot be parsed and is one part. How
 * many there are and which does not follow from `mappers`; they say whether a document with JSON in its `message` is
 * an alert itself.
 */
export function partsOf(bytes: Buffer | null, mappers: MapperSet = shippedSet()): readonly Part[] {
  if (bytes === null || bytes.length === 0) return [refused('VIG_ALERT_NOT_JSON', 'position 0: the value is empty')]
  if (!isUtf8(bytes)) return [refused('VIG_ALERT_NOT_UTF8', `byte ${firstInvalid(bytes)}: not UTF-8`)]
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const parts = partsOfText(text, mappers)
  if (parts.length <= mostParts) return parts
  return [refused('VIG_ALERT_INVALID', `${parts.length} alerts in one record; at most ${mostParts}`)]
}

function partsOfText(text: string, mappers: MapperSet): readonly Part[] {
  const whole = parsed(text)
  if (whole !== notJson) return partsOfValue(whole, mappers)
  return partsOfLines(text, mappers) ?? [partOfText(text, '', mappers)]
}

/**
 * NDJSON, if most lines are JSON objects: a broken line is then one rejection among alerts. Or a log, if each line has a
 * header of its own; any other text of several lines is one.
 */
function partsOfLines(text: string, mappers: MapperSet): readonly Part[] | undefined {
  if (!text.trimEnd().includes('\n')) return undefined
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]))
  if (lines.length < 2) return undefined
  const read = lines.map(({ line, number }) => {
    const value = parsed(line)
    return { line, where: `line ${number}`, value, log: value === notJson ? lineOf(line) : undefined }
  })
  const objects = read.filter(({ value }) => isObject(value)).length
  const isLog = read.every(({ value, log }) => isObject(value) || log !== undefined)
  if (!isLog && objects * 2 < read.length) return undefined
  return read.map(({ line, where, value, log }) => {
    if (value !== notJson) return partOf(value, where, mappers)
    return log === undefined ? partOfText(line, `${where}, `, mappers) : partOfLine(log, mappers)
  })
}

/** Whether there are control characters that no log has; tabs, ends of lines and pages, and colours are let be. */
function isBinary(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x7f || (code < 0x20 && !(code >= 0x09 && code <= 0x0d) && code !== 0x1b)) return true
  }
  return false
}

function partOfText(text: string, where: string, mappers: MapperSet): Part {
  const begin = text.trimStart().charAt(0)
  if (begin === '' || '{["'.includes(begin) || isBinary(text)) return notJsonPart(text, where)
  const line = text.trim()
  const known = lineOf(line)
  return known === undefined ? { body: lineBody(line) } : partOfLine(known, mappers)
}

/** The JSON object that a program logged, or the line. */
function partOfLine(line: Line, mappers: MapperSet): Part {
  const logged = line.message.startsWith('{') ? parsed(line.message) : undefined
  return isObject(logged) ? partOf(logged, 'the logged JSON', mappers) : { body: lineBody(line.text, line) }
}

function partsOfValue(value: unknown, mappers: MapperSet): readonly Part[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [refused('VIG_ALERT_NOT_OBJECT', 'the array is empty')]
    return value.map((item, index) => partOf(item, `element ${index}`, mappers))
  }
  const whole = () => [partOf(value, 'the value', mappers)]
  if (!isObject(value)) return whole()
  const alerts = value.alerts
  if (!Array.isArray(alerts) || 'sourceRef' in value) return whole()
  if (alerts.length === 0) {
    return Object.keys(value).length > 1 ? whole() : [refused('VIG_ALERT_NOT_OBJECT', 'alerts is empty')]
  }
  // Names of alerts, say, are a field of the one alert that they stand in.
  if (!alerts.some(isObject)) return whole()
  const names = namesOf(value)
  return alerts.map((item, index) => partOf(inheriting(item, names), `alerts[${index}]`, mappers))
}

function partOf(value: unknown, where: string, mappers: MapperSet): Part {
  if (!isObject(value)) return refused('VIG_ALERT_NOT_OBJECT', `${where} is ${kindOf(value)}, not an object`)
  if (isTooDeep(value)) return refused('VIG_ALERT_INVALID', `${where} is nested deeper than ${deepestNesting} levels`)
  const document = carried(value, mappers) ?? value
  return { body: hit(document) ?? document }
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

/**
 * The JSON object that a shipper wrapped as text in `message`, behind the header of a log line or not. A document that is
 * an alert itself tells of an event whose message is JSON, and stays whole; what a shipper writes, if anything, is ECS.
 */
function carried(value: JsonObject, mappers: MapperSet): JsonObject | undefined {
  const { message } = value
  const shipped = '@timestamp' in value || '@metadata' in value || Object.keys(value).length === 1
  if (!shipped || typeof message !== 'string' || !message.trimEnd().endsWith('}')) return undefined
  const text = message.trimStart()
  const inner = parsed(text.startsWith('{') ? text : (lineOf(text)?.message ?? ''))
  if (!isObject(inner) || isTooDeep(inner)) return undefined
  const reader = mappers.ofShape(value)
  return reader === ecs || reader === genericMapper ? { ...inner, ...saidToUs(value) } : undefined
}

/** What the shipper said under our names: it stands nearer to us than what it ships. */
function saidToUs(wrapper: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(wrapper).filter(([name]) => name.startsWith('vigia_')))
}

/** A search hit holds its document in `_source`, or in `fields`, beside what names it. */
function hit(value: JsonObject): JsonObject | undefined {
  if (isObject(value._source)) return { ...value._source, _id: value._id, _index: value._index }
  const isHit = typeof value._id === 'string' && typeof value._index === 'string' && !('@timestamp' in value)
  return isHit && isObject(value.fields) ? { ...value.fields, _id: value._id, _index: value._index } : undefined
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
