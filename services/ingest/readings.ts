import { type Normal, normalise } from '../../core/observable/normalise.ts'
import { refang } from '../../core/observable/refang.ts'
import { splitUrl } from '../../core/observable/url.ts'
import { mentionedIn } from './sources/found.ts'
import type { FoundObservable } from './sources/mapped.ts'

/** Bytes of UTF-8; with the limits on the rest, 500 of the longest still fit into one record. */
const longestValue = 4096

/** A found observable with the normal form of one that stands in its value. */
type Reading = { readonly found: FoundObservable; readonly normal: Normal }

type Readings = {
  readonly readings: readonly Reading[]
  /** Its sender listed it, and it is neither what it was said to be nor holds anything else that is known. */
  readonly isUnread: boolean
}

/**
 * What a found value says. One that is none of its type is read as a text that holds some (`a@x.org; b@x.org`,
 * `evil.org:8080`, an address under `domain`), in the role that was given; what its sender listed and holds none is kept as
 * `other`, where it is not too long.
 */
export function readingsOf(found: FoundObservable): Readings {
  const { type, value } = found
  const joined = joinedDigests(type, value.trim())
  if (joined.length > 1) return { readings: joined.flatMap(digest => readAs('hash', digest, found)), isUnread: false }
  const read = readAs(type, value, found)
  if (read.length > 0) return { readings: read, isUnread: false }
  const inside = [...urlWithoutScheme(found), ...withinText(found)]
  if (inside.length > 0 || found.isListed !== true) return { readings: inside, isUnread: false }
  return { readings: readAs('other', value, found), isUnread: value.trim() !== '' }
}

function readAs(type: string, value: string, found: FoundObservable): Reading[] {
  const normal = normalise(type, value)
  return normal === undefined || Buffer.byteLength(normal.value) > longestValue ? [] : [{ found, normal }]
}

/** Each where it stands in the value; what is listed as a host is also the host of a URL. */
function withinText(found: FoundObservable): Reading[] {
  return mentionedIn(found.value, found.path, found.role).flatMap(({ type, value, path }) => {
    const each = { ...found, path }
    const host = hostTypes.test(found.type) && type === 'url' ? splitUrl(value)?.host : undefined
    return [...readAs(type, value, each), ...(host === undefined ? [] : readAs('domain', host, each))]
  })
}

const hostTypes = /^(?:domain|fqdn|hostname|host|domain-name)$/i

/** `evil.org/login`: browsers go there by http. The name alone is left to the text. */
function urlWithoutScheme(found: FoundObservable): Reading[] {
  if (!/^(?:url|uri|link)$/i.test(found.type)) return []
  const text = refang(found.value.trim())
  const [host = '', path] = text.split(/(?=\/)/, 2)
  if (path === undefined || /\s/.test(text) || !host.includes('.')) return []
  return readAs('url', `http://${text}`, found)
}

const digestDigits: ReadonlyMap<string, number> = new Map([
  ['md5', 32],
  ['sha1', 40],
  ['sha-1', 40],
  ['sha256', 64],
  ['sha-256', 64],
])

/** Templates write a list without anything between: three of MD5 are none of SHA-384 where the type says MD5. */
function joinedDigests(type: string, text: string): readonly string[] {
  const digits = digestDigits.get(type.toLowerCase())
  if (digits === undefined || text.length % digits !== 0 || !/^[\da-f]{1,4096}$/i.test(text)) return []
  return text.match(new RegExp(`.{${digits}}`, 'g')) ?? []
}
