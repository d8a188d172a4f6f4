import type { Tlp } from '../../core/tlp.ts'
import type { AnalyzerFailure, AnalyzerReport, Artifact, FailureReason, Level, Taxonomy } from './analyzer.ts'
import { normaliseDataType } from './data-type.ts'
import type { Mask } from './masking.ts'

const limits = { depth: 64, taxonomies: 200, artifacts: 2000, operations: 200, tags: 50, text: 4000, data: 16_000 }

const levels: readonly Level[] = ['info', 'safe', 'suspicious', 'malicious']

/** What a report needs beside its text: what to mask, and the files beside it by name. */
export type Reading = {
  readonly mask: Mask
  /** Files directly inside `output/`: name to sha256. A file artifact that names anything else is left out. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * Reads `output.json` as hostile text (contract sections 5.5 and 8b): whatever is not a report is a failure, one bad
 * taxonomy, artifact or operation is left out and counted, an unknown level is info. Never throws.
 */
export function readReport(text: string, reading: Reading): AnalyzerReport {
  if (nestsDeeperThan(text, limits.depth)) return invalid(`it is nested deeper than ${limits.depth} levels`)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return invalid('it is not JSON, or was cut short')
  }
  if (!isObject(parsed)) return invalid('it is not an object')
  const output = reading.mask.json(parsed)
  if (!isObject(output)) return invalid('it is not an object')
  if (output.success === false)
    return failure('failed', spoken(output.errorMessage) || 'it failed and does not say why')
  if (output.success !== true) return invalid('success is neither true nor false')
  if (!isObject(output.full)) return invalid('full is not an object')
  const summary = isObject(output.summary) ? output.summary : {}
  const taxonomies = taken(summary.taxonomies, limits.taxonomies, taxonomyOf)
  const artifacts = taken(output.artifacts, limits.artifacts, item => artifactOf(item, reading.files))
  const operations = taken(output.operations, limits.operations, item => (isObject(item) ? item : undefined))
  const dropped = taxonomies.dropped + artifacts.dropped + operations.dropped
  return {
    success: true,
    taxonomies: taxonomies.items,
    artifacts: artifacts.items,
    full: output.full,
    operations: operations.items,
    ...(dropped === 0 ? {} : { dropped }),
  }
}

/** A failure; the end of a long message is kept, because that is where a traceback says its cause. */
export function failure(reason: FailureReason, message: string): AnalyzerFailure {
  const cut = message.length > limits.text ? `…${message.slice(-limits.text).toWellFormed()}` : message
  return { success: false, reason, errorMessage: cut }
}

function invalid(why: string): AnalyzerFailure {
  return failure('output-invalid', `the analyzer's output is no report: ${why}`)
}

// 10 folders report an HTTP status (a number) or a response (an object) as their errorMessage (reference 3.1).
function spoken(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function taken<T>(
  list: unknown,
  most: number,
  read: (item: unknown) => T | undefined,
): { items: T[]; dropped: number } {
  if (!Array.isArray(list)) return { items: [], dropped: 0 }
  const items: T[] = []
  for (const entry of list) {
    if (items.length === most) break
    const item = read(entry)
    if (item !== undefined) items.push(item)
  }
  return { items, dropped: list.length - items.length }
}

function taxonomyOf(item: unknown): Taxonomy | undefined {
  if (!isObject(item)) return undefined
  const said = typeof item.level === 'string' ? item.level.trim().toLowerCase() : ''
  return {
    level: levels.find(known => known === said) ?? 'info',
    namespace: short(item.namespace),
    predicate: short(item.predicate),
    value: unquoted(short(item.value)),
  }
}

// Old neurons wrap the value in literal quotes (contract section 7).
function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}

function artifactOf(item: unknown, files: ReadonlyMap<string, string>): Artifact | undefined {
  if (!isObject(item) || typeof item.dataType !== 'string' || item.dataType === '') return undefined
  const dataType = normaliseDataType(item.dataType)
  const rest = {
    tags: Array.isArray(item.tags) ? item.tags.filter(tag => typeof tag === 'string').slice(0, limits.tags) : [],
    tlp: tlpOf(item.tlp),
    message: short(item.message),
  }
  if (item.file !== undefined && item.file !== null) {
    const sha256 = typeof item.file === 'string' ? files.get(item.file) : undefined
    if (sha256 === undefined) return undefined
    const name = typeof item.filename === 'string' && item.filename !== '' ? item.filename : item.file
    return { dataType, data: short(name), ...rest, sha256 }
  }
  const data = typeof item.data === 'string' ? item.data : typeof item.data === 'number' ? String(item.data) : ''
  if (data === '' || data.length > limits.data) return undefined
  return { dataType, data: data.toWellFormed(), ...rest }
}

// Cortex's numbers. What lies above them is read as the narrowest; what is no number says nothing.
function tlpOf(value: unknown): Tlp | null {
  const number = typeof value === 'string' && /^\d$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) return null
  return (['CLEAR', 'GREEN', 'AMBER'] as const)[number] ?? 'RED'
}

function short(value: unknown): string {
  return spoken(value).slice(0, limits.text).toWellFormed()
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Counts brackets outside strings, so that the text is never parsed, nor its value walked, on a deep stack. */
function nestsDeeperThan(text: string, most: number): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (quoted) {
      if (char === 0x5c) at += 1
      else if (char === 0x22) quoted = false
    } else if (char === 0x22) quoted = true
    else if (char === 0x7b || char === 0x5b) {
      depth += 1
      if (depth > most) return true
    } else if (char === 0x7d || char === 0x5d) depth -= 1
  }
  return false
}
