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
export const idName = /(?:^|[._])(?:id|uuid|guid)$/i
const camelIdName = /[a-z](?:Id|ID|Uuid|UUID|Guid|GUID)$/

/** The observables of any document: fields of known names by their meaning, and what stands in every other text. */
export function observablesIn(body: JsonObject): FoundObservable[] {
  return [...leavesOf(body)].flatMap(({ path, field, text }) => {
    const { type, role } = meaningOf(field)
    if (type === 'none') return []
    if (type === 'digests') return digestsIn(text, role, path)
    if (type !== 'text') return [{ type: typeOf(type, text), value: text, role, path }, ...within(type, text, path)]
    const found = mentionedIn(text, path, role)
    return idName.test(field) || camelIdName.test(field) ? found.filter(each => each.type !== 'hash') : found
  })
}

/** `SHA1=…,MD5=…,IMPHASH=…`, as Sysmon writes them. */
export function digestsIn(text: string, role: Role, path: string): FoundObservable[] {
  return text.split(',', 16).flatMap(pair => {
    const [name = '', value = ''] = pair.split('=', 2)
    return foundAs(/imphash/i.test(name) ? 'imphash' : 'hash', value, role, path)
  })
}

/** The observables inside a text, each with where it stands. */
export function mentionedIn(text: string, path: string, role: Role = 'mentioned'): FoundObservable[] {
  return extractFromText(text.slice(0, longestText)).map(({ type, value, start, end, isFileLike }) => ({
    type,
    value,
    role,
    path: `${path}@${start}-${end}`,
    // A field of hosts holds hosts.
    ...(isFileLike && role === 'mentioned' && { isFileLike }),
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
  if (type === 'command-line') return mentionedIn(value, path)
  if (!['url', 'uri_path', 'user-agent'].includes(type)) return []
  const text = value.slice(0, longestText).trim()
  const itself = normalise(type, text)?.value
  return extractFromText(type === 'user-agent' ? percentDecoded(text) : decodedParts(text))
    .filter(found => found.value !== itself)
    .map(({ type, value, isFileLike }) => ({ type, value, role: 'mentioned', path, ...(isFileLike && { isFileLike }) }))
}

/** Path and parameters of a URL, one a line: a parameter that is a URL ends where the next parameter begins. */
function decodedParts(text: string): string {
  const rest = splitUrl(refang(text))?.rest ?? text
  return rest.split('&').map(percentDecoded).join('\n')
}

/** The type of what stands in a field of this name, for values that come apart from their field; `other` where none is known. */
export function typeOfField(field: string): string {
  const { type } = meaningOf(field)
  return type === 'text' || type === 'none' ? 'other' : type
}

const registryHive = /^(?:HKEY_|HK(?:LM|CU|CR|U|CC)\\)/i

function typeOf(type: string, value: string): string {
  // Wazuh watches files and the registry under one name.
  if (type === 'filename' && registryHive.test(value)) return 'registry'
  if (type !== 'host') return type
  return parseIp(value.trim()) === undefined ? 'domain' : 'ip'
}
