import { unescape as percentDecoded } from 'node:querystring'
import { extractFromText } from '../../../core/observable/extract.ts'
import { parseIp } from '../../../core/observable/ip-address.ts'
import { normalise } from '../../../core/observable/normalise.ts'
import { refang } from '../../../core/observable/refang.ts'
import type { Role } from '../../../core/observable/types.ts'
import { splitUrl } from '../../../core/observable/url.ts'
import type { JsonObject } from '../json-object.ts'
import { leavesOf } from './field-walk.ts'
import { meaningOf } from './known-fields.ts'
import type { FoundObservable } from './mapped.ts'

/** Texts longer than this are searched up to here. */
const longestText = 64 * 1024

/** Fields that name things by numbers; those in hex digits look like digests, and are none. */
const idName = /(?:^|[._])(?:id|uuid|guid)$/i
const camelIdName = /[a-z](?:Id|ID|Uuid|UUID|Guid|GUID)$/

/** The observables of any document: fields of known names by their meaning, and what stands in every other text. */
export function observablesIn(body: JsonObject): FoundObservable[] {
  return [...leavesOf(body)].flatMap(({ path, field, text }) => {
    const { type, role } = meaningOf(field)
    if (type === 'none') return []
    if (type !== 'text') return [{ type: typeOf(type, text), value: text, role, path }, ...within(type, text, path)]
    const found = mentionedIn(text, path, role)
    return idName.test(field) || camelIdName.test(field) ? found.filter(each => each.type !== 'hash') : found
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
  return [{ type: typeOf(type, value), value: value.trim(), role, path }, ...within(type, value, path)]
}

/**
 * What an attacker put into a request (`/?x=${jndi:ldap://…}`), percent-encoded or not. Decoding moves the places, so the
 * field alone is told; the value itself and its host are not found again.
 */
function within(type: string, value: string, path: string): FoundObservable[] {
  if (!['url', 'uri_path', 'user-agent'].includes(type)) return []
  const text = value.slice(0, longestText).trim()
  const itself = normalise(type, text)?.value
  return extractFromText(type === 'user-agent' ? percentDecoded(text) : decodedParts(text))
    .filter(found => found.value !== itself)
    .map(found => ({ type: found.type, value: found.value, role: 'mentioned', path }))
}

/** Path and parameters of a URL, one a line: a parameter that is a URL ends where the next parameter begins. */
function decodedParts(text: string): string {
  const rest = splitUrl(refang(text))?.rest ?? text
  return rest.split('&').map(percentDecoded).join('\n')
}

function typeOf(type: string, value: string): string {
  if (type !== 'host') return type
  return parseIp(value.trim()) === undefined ? 'domain' : 'ip'
}
