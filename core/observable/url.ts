import { asciiName } from './domain-name.ts'
import { formatIp, parseIp } from './ip-address.ts'

export type UrlParts = {
  readonly scheme: string
  readonly userinfo: string
  readonly host: string
  readonly port: string
  /** Path and query, with their case. */
  readonly rest: string
}

const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443', ftp: '21', ws: '80', wss: '443' }

/** The parts of `scheme://userinfo@host:port/rest`; undefined where that is not its shape. */
export function splitUrl(text: string): UrlParts | undefined {
  const found = /^([a-z][a-z0-9+.-]{0,30}):\/\/([^/?#\\]*)(.*)$/is.exec(text)
  if (found === null) return undefined
  const [, scheme = '', authority = '', rest = ''] = found
  const at = authority.lastIndexOf('@')
  const server = authority.slice(at + 1)
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?$/.exec(server)
  if (parts === null) return undefined
  return {
    scheme: scheme.toLowerCase(),
    userinfo: authority.slice(0, Math.max(0, at)),
    host: parts[1] ?? '',
    port: parts[2] ?? '',
    rest,
  }
}

/**
 * One spelling of a URL, already refanged: scheme and host lower, international names as punycode, default port and
 * fragment dropped (no server sees it), an empty path as `/`, blanks as `%20`; path and query keep their case.
 */
export function canonicalUrl(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop tabs and line ends; the others are no URL.
  const parts = splitUrl(text.replace(/[\t\r\n]/g, '').replace(/[\x00-\x20]+$|^[\x00-\x20]+/g, ''))
  if (parts === undefined) return undefined
  const { scheme, userinfo, port, rest } = parts
  const host = canonicalHost(parts.host)
  if (host === undefined || Number(port) > 65535) return undefined
  const number = port === '' ? '' : String(Number(port))
  const given = number === '' || number === defaultPorts[scheme] ? '' : `:${number}`
  const seen = rest.replace(/#.*$/s, '').replace(/\\/g, '/').replace(/ /g, '%20')
  const path = seen.startsWith('/') ? seen : `/${seen}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a control character within is no URL.
  if (/[\x00-\x1f\x7f]/.test(path) || /[\x00-\x20\x7f]/.test(userinfo)) return undefined
  return `${scheme}://${userinfo === '' ? '' : `${userinfo}@`}${host}${given}${path}`
}

function canonicalHost(host: string): string | undefined {
  if (host.startsWith('[')) {
    const ip = parseIp(host.slice(1, -1))
    return ip === undefined ? undefined : inUrl(formatIp(ip))
  }
  const ip = parseIp(host)
  return ip === undefined ? asciiName(host) : inUrl(formatIp(ip))
}

function inUrl(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip
}
