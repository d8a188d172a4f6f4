import type { Tlp } from '../tlp.ts'

/** TheHive's and Cortex's data types, and the field's common ones. */
export const observableTypes = [
  ...(['ip', 'cidr', 'domain', 'fqdn', 'url', 'uri_path', 'mail', 'mail-subject', 'hash', 'filename', 'file'] as const),
  ...([
    'registry',
    'user-agent',
    'autonomous-system',
    'cve',
    'mac',
    'hostname',
    'username',
    'regexp',
    'other',
  ] as const),
  ...(['ssdeep', 'tlsh', 'imphash', 'ja3', 'ja3s', 'ja4', 'iban', 'btc', 'mitre-technique', 'command-line'] as const),
] as const

export type ObservableType = (typeof observableTypes)[number]

/**
 * What part it plays in the alert. `observer` is the sensor itself, `mentioned` was found in free text: neither joins.
 */
export type Role = 'source' | 'target' | 'indicator' | 'observer' | 'mentioned'

/** Why something is kept but marked. `file-like`: a domain by its shape that is as likely the name of a file (`setup.py`). */
export type ObservableFlag =
  | ('private' | 'loopback' | 'reserved' | 'own' | 'empty-file' | 'file-like')
  | `warninglist:${string}`

export type Observable = {
  readonly type: ObservableType
  /** Normalised: equal things are equal text, everywhere. */
  readonly value: string
  readonly role: Role
  /** Field path, or `field@start-end` within a text. */
  readonly path: string
  /** Its own TLP where it has one; the alert's otherwise. */
  readonly tlp: Tlp | null
  readonly tags: readonly string[]
  readonly flags: readonly ObservableFlag[]
}

const known: ReadonlySet<string> = new Set(observableTypes)

export function isObservableType(text: string): text is ObservableType {
  return known.has(text)
}
