import {
  at as atSign,
  backslash,
  colon,
  dash,
  dot,
  indexWithin,
  isDigit,
  isLetter,
  isLetterOrDigit,
  slash,
} from './char.ts'
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

const [question, hash, openSquare, closeSquare] = [0x3f, 0x23, 0x5b, 0x5d]
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443', ftp: '21', ws: '80', wss: '443' }

const longestScheme = 31

/** The parts of `scheme://userinfo@host:port/rest`; undefined where that is not its shape. */
export function splitUrl(text: string): UrlParts | undefined {
  const schemeEnd = text.indexOf('://')
  if (schemeEnd < 1 || schemeEnd > longestScheme || !isScheme(text, schemeEnd)) return undefined
  const from = schemeEnd + 3
  let end = from
  let at = -1
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === slash || code === question || code === hash || code === backslash) break
    if (code === atSign) at = end
  }
  const serverStart = at === -1 ? from : at + 1
  const portStart = portOf(text, serverStart, end)
  if (portStart === undefined) return undefined
  return {
    scheme: text.slice(0, schemeEnd).toLowerCase(),
    userinfo: at === -1 ? '' : text.slice(from, at),
    host: text.slice(serverStart, portStart),
    port: text.slice(portStart + 1, end),
    rest: text.slice(end),
  }
}

function isScheme(text: string, end: number): boolean {
  if (!isLetter(text.charCodeAt(0))) return false
  for (let index = 1; index < end; index++) {
    const code = text.charCodeAt(index)
    if (!isLetterOrDigit(code) && code !== 0x2b && code !== dot && code !== dash) return false
  }
  return true
}

/** Where the colon before the port stands, or the end where there is none; an IPv6 address in brackets has colons too. */
function portOf(text: string, start: number, end: number): number | undefined {
  let from = start
  if (text.charCodeAt(start) === openSquare) {
    const close = indexWithin(text, closeSquare, start, end)
    if (close !== -1) from = close + 1
  }
  const port = indexWithin(text, colon, from, end)
  if (port === -1) return from === start || from === end ? end : undefined
  if (end - port > 6 || (from !== start && port !== from)) return undefined
  for (let index = port + 1; index < end; index++) if (!isDigit(text.charCodeAt(index))) return undefined
  return port
}

/**
 * One spelling of a URL, already refanged: scheme and host lower, international names as punycode, default port and
 * fragment dropped (no server sees it), an empty path as `/`, blanks as `%20`; path and query keep their case.
 */
export function canonicalUrl(text: string): string | undefined {
  const isPlain = isPlainText(text)
  const parts = splitUrl(isPlain ? text : withoutControls(text))
  if (parts === undefined) return undefined
  const { scheme, userinfo, port, rest } = parts
  const host = canonicalHost(parts.host)
  if (host === undefined || Number(port) > 65535) return undefined
  const number = port === '' ? '' : String(Number(port))
  const given = number === '' || number === defaultPorts[scheme] ? '' : `:${number}`
  const seen = isPlain ? rest : rest.replace(/#.*$/s, '').replace(/\\/g, '/').replace(/ /g, '%20')
  const path = seen.startsWith('/') ? seen : `/${seen}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a control character within is no URL.
  if (!isPlain && (/[\x00-\x1f\x7f]/.test(path) || /[\x00-\x20\x7f]/.test(userinfo))) return undefined
  return `${scheme}://${userinfo === '' ? '' : `${userinfo}@`}${host}${given}${path}`
}

/** Browsers drop tabs and line ends, and what controls the text around it. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is dropped.
  return text.replace(/[\t\r\n]/g, '').replace(/(?<![\x00-\x20])[\x00-\x20]+$|^[\x00-\x20]+/g, '')
}

/** Nothing that is dropped, written otherwise, or forbidden: blanks, control characters, backslashes and fragments. */
function isPlainText(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code <= 0x20 || code === 0x7f || code === backslash || code === hash) return false
  }
  return true
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
