import { expect, it } from 'vitest'
import { aliasOf } from './aliases.ts'
import { observableTypes } from './types.ts'

it.each([
  ['mail_subject', 'mail-subject'],
  ['mail-subject', 'mail-subject'],
  ['hostname', 'hostname'],
  ['sha256', 'hash'],
  ['SHA-1', 'hash'],
  ['md5', 'hash'],
  ['ip-dst', 'ip'],
  ['IPv4', 'ip'],
  ['email-src', 'mail'],
  ['uri', 'url'],
  ['uri_path', 'uri_path'],
  ['uri-path', 'uri_path'],
  ['user_agent', 'user-agent'],
  ['User Agent', 'user-agent'],
  ['cve', 'cve'],
  ['vulnerability', 'cve'],
  ['ASN', 'autonomous-system'],
  ['regkey', 'registry'],
  ['btc_address', 'btc'],
  ['network', 'cidr'],
  ['ja3_hash', 'ja3'],
  ['ja4-fingerprint', 'ja4'],
  ['ProcessCommandLine', 'command-line'],
  ['process_command_line', 'command-line'],
  ['technique', 'mitre-technique'],
  ['mutex', undefined],
  ['__proto__', undefined],
  ['', undefined],
])('The name %s means the type %s', (name, type) => {
  expect(aliasOf(name)).toBe(type)
})

it('Every type is its own name', () => {
  expect(observableTypes.map(aliasOf)).toEqual(observableTypes)
})
