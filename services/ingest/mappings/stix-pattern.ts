import type { Role } from '../../../core/observable/types.ts'

/** A value that a STIX pattern compares with, and where it stands in the pattern. */
export type PatternValue = {
  readonly type: string
  readonly value: string
  readonly role: Role
  readonly start: number
  readonly end: number
}

const longestPattern = 64 * 1024
const mostValues = 500

/** Object paths of STIX 2.1 by what their values are; hashes and references are told by `meaningOf`. */
const types: Readonly<Record<string, string>> = {
  ...{ 'ipv4-addr:value': 'ip', 'ipv6-addr:value': 'ip', 'domain-name:value': 'host', 'url:value': 'url' },
  ...{ 'email-addr:value': 'mail', 'email-message:subject': 'mail-subject', 'email-message:sender_ref.value': 'mail' },
  ...{ 'email-message:from_ref.value': 'mail', 'file:name': 'filename', 'mac-addr:value': 'mac' },
  ...{ 'windows-registry-key:key': 'registry', 'autonomous-system:number': 'autonomous-system' },
  ...{ 'user-account:account_login': 'username', 'user-account:user_id': 'username', 'vulnerability:name': 'cve' },
  ...{ 'process:command_line': 'text', 'x-opencti-hostname:value': 'hostname' },
}

/**
 * The values that a STIX 2.1 pattern looks for by `=`, `==`, `IN` or `ISSUBSET`, in order; what it excludes (`!=`, `NOT`) or
 * only resembles (`LIKE`, `MATCHES`) is no observable. Anything else is passed over: no text makes it throw. Linear.
 */
export function valuesInPattern(pattern: string): readonly PatternValue[] {
  const found: PatternValue[] = []
  const tokens = tokensOf(pattern.slice(0, longestPattern))
  for (let index = 0; index < tokens.length && found.length < mostValues; index++) {
    const meaning = meaningOf(tokens[index])
    if (meaning === undefined) continue
    const operator = tokens[index + 1]?.text.toUpperCase()
    if (operator === '=' || operator === '==' || operator === 'ISSUBSET') {
      const literal = tokens[index + 2]
      if (literal?.value !== undefined) found.push(compared(meaning, literal, literal.value))
    } else if (operator === 'IN') {
      for (let next = index + 3; next < tokens.length && tokens[next]?.text !== ')'; next++) {
        const literal = tokens[next]
        if (literal?.value !== undefined) found.push(compared(meaning, literal, literal.value))
      }
    }
  }
  return found.slice(0, mostValues)
}

/** A literal has a `value`; a path, an operator or a bracket has not. */
type Token = { readonly text: string; readonly start: number; readonly value?: string }
type Meaning = { readonly type: string; readonly role: Role }

function compared({ type, role }: Meaning, { start, text }: Token, value: string): PatternValue {
  return { type, role, value, start, end: start + text.length }
}

function meaningOf(token: Token | undefined): Meaning | undefined {
  if (token === undefined || token.value !== undefined) return undefined
  const path = token.text
  if (/^[\w-]+:(?:[\w-]+\.)*hashes\./.test(path)) return { type: 'hash', role: 'indicator' }
  if (path === 'network-traffic:src_ref.value') return { type: 'host', role: 'source' }
  if (path === 'network-traffic:dst_ref.value') return { type: 'host', role: 'target' }
  const type = Object.hasOwn(types, path) ? types[path] : undefined
  return type === undefined ? undefined : { type, role: 'indicator' }
}

/** Literals in quotes, brackets and commas alone, and what stands between them; a quoted part of a path stays in it. */
function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at] ?? ''
    if (/[\s,]/.test(char)) at += 1
    else if ('[]()'.includes(char)) tokens.push({ text: char, start: at++ })
    else if (char === "'") {
      const end = endOfText(pattern, at)
      const value = pattern.slice(at + 1, end - 1).replaceAll(/\\(['\\])/g, '$1')
      tokens.push({ text: pattern.slice(at, end), start: at, value })
      at = end
    } else if ('=!<>'.includes(char)) {
      const end = pattern[at + 1] === '=' ? at + 2 : at + 1
      tokens.push({ text: pattern.slice(at, end), start: at })
      at = end
    } else {
      const end = endOfWord(pattern, at)
      const text = pattern.slice(at, end)
      tokens.push(/^\d+$/.test(text) ? { text, start: at, value: text } : { text, start: at })
      at = end
    }
  }
  return tokens
}

/** Behind the closing quote, or the end of the pattern. */
function endOfText(pattern: string, open: number): number {
  for (let at = open + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at += 1
    else if (pattern[at] === "'") return at + 1
  }
  return pattern.length
}

function endOfWord(pattern: string, from: number): number {
  let at = from
  while (at < pattern.length && !/[\s,[\]()=!<>]/.test(pattern[at] ?? '')) {
    // file:hashes.'SHA-256'
    at = pattern[at] === "'" ? endOfText(pattern, at) : at + 1
  }
  return at
}
