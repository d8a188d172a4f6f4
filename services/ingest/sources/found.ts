import { extractFromText } from '../../../core/observable/extract.ts'
import { parseIp } from '../../../core/observable/ip-address.ts'
import type { Role } from '../../../core/observable/types.ts'
import type { JsonObject } from '../json-object.ts'
import { leavesOf } from './field-walk.ts'
import { meaningOf } from './known-fields.ts'
import type { FoundObservable } from './mapped.ts'

/** Texts longer than this are searched up to here. */
const longestText = 64 * 1024

/** The observables of any document: fields of known names by their meaning, and what stands in every other text. */
export function observablesIn(body: JsonObject): FoundObservable[] {
  return [...leavesOf(body)].flatMap(({ path, field, text }) => {
    const { type, role } = meaningOf(field)
    if (type === 'none') return []
    return type === 'text' ? mentionedIn(text, path, role) : [{ type: typeOf(type, text), value: text, role, path }]
  })
}

/** The observables inside a text, each with where it stands. */
export function mentionedIn(text: string, path: string, role: Role = 'mentioned'): FoundObservable[] {
  return extractFromText(text.slice(0, longestText)).map(({ type, value, start, end }) => ({
    type,
    value,
    role,
    path: `${path}@${start}-${end}`,
  }))
}

/** One found value, or none where the field is empty or no text. */
export function foundAs(type: string, value: unknown, role: Role, path: string): FoundObservable[] {
  if (typeof value !== 'string' || value.trim() === '') return []
  return [{ type: typeOf(type, value), value: value.trim(), role, path }]
}

function typeOf(type: string, value: string): string {
  if (type !== 'host') return type
  return parseIp(value.trim()) === undefined ? 'domain' : 'ip'
}
