import { aliasOf } from './aliases.ts'
import { bitcoinAddress, iban } from './checksums.ts'
import { asciiName } from './domain-name.ts'
import { digestOfParts, ja4, ssdeep, technique, tlsh } from './fingerprints.ts'
import { formatIp, isIpv4, parseNetwork } from './ip-address.ts'
import { refang } from './refang.ts'
import { registryKey } from './registry.ts'
import { isObservableType, type ObservableType } from './types.ts'
import { canonicalUrl } from './url.ts'

export type Normal = { readonly type: ObservableType; readonly value: string }

/** Of MD5 and the SHA family, in hex digits. */
const digestLengths: ReadonlySet<number> = new Set([32, 40, 56, 64, 96, 128])
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
      // Some rules cannot have a dash in what they say.
      return /^cve[-_]\d{4}[-_]\d{4,19}$/i.test(text)
        ? { type, value: text.toUpperCase().replaceAll('_', '-') }
        : undefined
    case 'mac':
      return mac(text)
    case 'autonomous-system':
      return autonomousSystem(text)
    case 'filename':
      // What one system writes as one sign, another writes as two.
      return { type, value: text.normalize('NFC') }
    case 'registry':
      return { type, value: registryKey(text) }
    case 'ssdeep':
      return named(type, ssdeep(text))
    case 'tlsh':
      return named(type, tlsh(text))
    case 'imphash':
    case 'ja3':
    case 'ja3s':
      return named(type, digestOfParts(text))
    case 'ja4':
      return named(type, ja4(text))
    case 'iban':
      return named(type, iban(text))
    case 'btc':
      return named(type, bitcoinAddress(text))
    case 'mitre-technique':
      return named(type, technique(text))
    default:
      return { type, value: text }
  }
}

function named(type: ObservableType, value: string | undefined): Normal | undefined {
  return value === undefined ? undefined : { type, value }
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
  return value === undefined ? undefined : { type: typeOfName(value), value }
}

/** What a name in its one spelling is, by its labels. */
export function typeOfName(name: string): 'domain' | 'fqdn' | 'hostname' {
  const last = name.lastIndexOf('.')
  if (last === -1) return 'hostname'
  const second = name.lastIndexOf('.', last - 1)
  if (second === -1) return 'domain'
  const isCountry = name.length - last === 3 && secondLevels.has(name.slice(second + 1, last))
  return isCountry && name.lastIndexOf('.', second - 1) === -1 ? 'domain' : 'fqdn'
}

function url(text: string): Normal | undefined {
  if (text.startsWith('/') && !text.startsWith('//')) return { type: 'uri_path', value: text }
  const value = canonicalUrl(text)
  return value === undefined ? undefined : { type: 'url', value }
}

function mail(text: string): Normal | undefined {
  const inner = bareMail(text)
  const at = inner.lastIndexOf('@')
  const local = inner.slice(0, Math.max(0, at))
  if (local === '' || local.length > 255 || /[\s<>"(),;:\\@[\]]/.test(local)) return undefined
  const host = asciiName(inner.slice(at + 1))
  return host === undefined ? undefined : { type: 'mail', value: `${local}@${host}` }
}

/** Out of `Bob <bob@evil.com>` and `mailto:bob@evil.com`. */
function bareMail(text: string): string {
  const inner = text.endsWith('>') ? (/<([^<>]*)>$/.exec(text)?.[1] ?? text).trim() : text
  return inner.toLowerCase().replace(/^mailto:/, '')
}

function hash(text: string): Normal | undefined {
  const bare = text.toLowerCase().replace(/^(?:md5|sha-?\d{1,3})[:=] ?/, '')
  // Fingerprints of certificates are written `aa:bb:…`.
  const value = /^[\da-f]{2}(?::[\da-f]{2}){15,63}$/.test(bare) ? bare.replaceAll(':', '') : bare
  return digestLengths.has(value.length) && /^[\da-f]+$/.test(value) ? { type: 'hash', value } : undefined
}

function mac(text: string): Normal | undefined {
  if (text.length > 32) return undefined
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
