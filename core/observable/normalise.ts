import { aliasOf } from './aliases.ts'
import { asciiName } from './domain-name.ts'
import { formatIp, isIpv4, parseNetwork } from './ip-address.ts'
import { refang } from './refang.ts'
import { isObservableType, type ObservableType } from './types.ts'
import { canonicalUrl } from './url.ts'

export type Normal = { readonly type: ObservableType; readonly value: string }

/** Longer values are none: cut short, they would be other values. */
const longestValue = 4096

/**
 * The one form of an observable, so that equal things are equal text: doing it twice changes nothing. The type may
 * change too: names are `domain`, `fqdn` or `hostname` by their labels, a network of one address is an `ip`. Types
 * that are spelled otherwise are understood, unknown ones are `other`. Undefined where the value is none of its type.
 */
export function normalise(type: string, raw: string): Normal | undefined {
  const trimmed = raw.trim()
  if (trimmed === '' || trimmed.length > longestValue) return undefined
  const known = isObservableType(type) ? type : (aliasOf(type) ?? 'other')
  const normal = byType(known, trimmed)
  return normal === undefined || normal.value === '' || normal.value.length > longestValue ? undefined : normal
}

function byType(type: ObservableType, text: string): Normal | undefined {
  switch (type) {
    case 'ip':
    case 'cidr':
      return address(refang(text))
    case 'domain':
    case 'fqdn':
    case 'hostname':
      return hostname(refang(text))
    case 'url':
      return url(refang(text))
    case 'mail':
      return mail(refang(text))
    case 'hash':
      return hash(text)
    case 'cve':
      return /^cve-\d{4}-\d{4,19}$/i.test(text) ? { type, value: text.toUpperCase() } : undefined
    case 'mac':
      return mac(text)
    case 'autonomous-system':
      return autonomousSystem(text)
    default:
      return { type, value: text }
  }
}

function address(text: string): Normal | undefined {
  if (isIpv4(text)) return { type: 'ip', value: text }
  const bare =
    /^\[([\da-f:.]+(?:%[^\]]*)?)\](?::\d{1,5})?$/i.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d{1,5}$/, '$1')
  const network = parseNetwork(bare.replace(/%[^/]*/, ''))
  if (network === undefined) return undefined
  const isOne = network.prefix === (network.version === 4 ? 32 : 128)
  return isOne
    ? { type: 'ip', value: formatIp(network) }
    : { type: 'cidr', value: `${formatIp(network)}/${network.prefix}` }
}

/** Second levels under which countries give out names; enough to tell `x.co.uk` from a host below a domain. */
const secondLevels: ReadonlySet<string> = new Set('ac co com edu go gob gov mil ne net or org'.split(' '))

function hostname(text: string): Normal | undefined {
  const value = asciiName(text)
  if (value === undefined) return undefined
  const labels = value.split('.')
  if (labels.length === 1) return { type: 'hostname', value }
  const isCountry = labels.at(-1)?.length === 2 && secondLevels.has(labels.at(-2) ?? '')
  return { type: labels.length === 2 || (labels.length === 3 && isCountry) ? 'domain' : 'fqdn', value }
}

function url(text: string): Normal | undefined {
  if (text.startsWith('/') && !text.startsWith('//')) return { type: 'uri_path', value: text }
  const value = canonicalUrl(text)
  return value === undefined ? undefined : { type: 'url', value }
}

function mail(text: string): Normal | undefined {
  const inner = (/<([^<>]*)>$/.exec(text)?.[1] ?? text)
    .trim()
    .toLowerCase()
    .replace(/^mailto:/, '')
  const at = inner.lastIndexOf('@')
  const local = inner.slice(0, Math.max(0, at))
  if (local === '' || local.length > 255 || /[\s<>"(),;:\\@[\]]/.test(local)) return undefined
  const host = asciiName(inner.slice(at + 1))
  return host === undefined ? undefined : { type: 'mail', value: `${local}@${host}` }
}

function hash(text: string): Normal | undefined {
  const value = text.toLowerCase().replace(/^(?:md5|sha-?\d{1,3})[:=] ?/, '')
  return /^[\da-f]+$/.test(value) && [32, 40, 56, 64, 96, 128].includes(value.length)
    ? { type: 'hash', value }
    : undefined
}

function mac(text: string): Normal | undefined {
  const digits = text.toLowerCase().replaceAll(/[:.\- ]/g, '')
  if (!/^[\da-f]{12}$/.test(digits)) return undefined
  return { type: 'mac', value: digits.replaceAll(/..(?=.)/g, '$&:') }
}

function autonomousSystem(text: string): Normal | undefined {
  const found = /^(?:asn?)? ?(\d{1,10})(?:\.(\d{1,5}))?$/i.exec(text)
  if (found === null) return undefined
  // RFC 5396: asdot is high.low, each of 16 bits.
  const number = found[2] === undefined ? Number(found[1]) : Number(found[1]) * 65_536 + Number(found[2])
  if (Number(found[2] ?? 0) > 65_535 || number > 0xffff_ffff) return undefined
  return { type: 'autonomous-system', value: String(number) }
}
