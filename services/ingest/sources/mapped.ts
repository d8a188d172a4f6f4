import type { Role } from '../../../core/observable/types.ts'
import type { Severity } from '../../../core/severity.ts'
import type { Pap, Tlp } from '../../../core/tlp.ts'
import type { Attachment } from '../../../schemas/generated/types.ts'
import type { JsonObject } from '../json-object.ts'

/** An observable as the sender wrote it, before it is normalised. */
export type FoundObservable = {
  readonly type: string
  readonly value: string
  readonly role: Role
  /** Field path, or `path@start-end` inside a text. */
  readonly path: string
  /** As the sender wrote it; what its numbers mean is said by the settings of the source. */
  readonly tlp?: unknown
  readonly tags?: readonly string[]
  /** Named as an observable by its sender: it is not left out because it is none of its type. */
  readonly isListed?: true
  /** A domain in free text that is as likely the name of a file. */
  readonly isFileLike?: true
  /** A file that the API put into the content store. */
  readonly attachment?: Attachment
}

/** An alert as a source's mapper understands it; limits, TLP and normal forms come after. */
export type MappedAlert = {
  readonly source: string
  readonly type: string
  readonly sourceRef: string
  readonly chosenRef: boolean
  readonly title: string
  readonly description: string
  readonly severity: Severity
  readonly tags: readonly string[]
  readonly tlp: unknown
  readonly pap: unknown
  /** What holds where the marking that was said has no meaning; without it the alert is refused. */
  readonly orElse?: { readonly tlp?: Tlp; readonly pap?: Pap }
  readonly eventTime: unknown
  readonly externalLink: string | null
  readonly rule: string | null
  /** MITRE ATT&CK ids as the source wrote them. */
  readonly techniques: readonly string[]
  /** Ids of the rule: the source's own, Sigma's. */
  readonly ruleIds: readonly string[]
  /** Where the rule is explained. */
  readonly references: readonly string[]
  readonly observables: readonly FoundObservable[]
  /** What the fingerprint is made of where no reference was chosen. */
  readonly content: JsonObject
}

export type Mapped =
  | { readonly outcome: 'alert'; readonly alert: MappedAlert }
  | { readonly outcome: 'rejection'; readonly reason: string }
  | { readonly outcome: 'suppression'; readonly policy: string; readonly reason: string }

/** Pure, and total: any JSON object gives one of the three. `source` is the name of the source in `sources.yaml`. */
export type Mapper = (body: JsonObject, source: string) => Mapped

/**
 * Which paths of the source's document a field of the alert may come from, best first, for `docs/source-fields.md`. A word in `<>` is no
 * path but says how the field is made.
 */
export type FieldTable = {
  readonly [Field in MappedField]?: readonly string[]
}

export const mappedFields = [
  ...(['title', 'description', 'severity', 'eventTime', 'sourceRef', 'rule', 'ruleIds', 'techniques'] as const),
  ...(['references', 'tags', 'tlp', 'pap', 'externalLink', 'observables'] as const),
] as const
export type MappedField = (typeof mappedFields)[number]

/** What knows one kind of sender. */
export type SourceMapper = {
  /** As `kind` in `sources.yaml` names it. */
  readonly kind: string
  /** What sends this, for people. */
  readonly what: string
  /** Whether a document is of this kind, by its shape alone. */
  fits(body: JsonObject): boolean
  readonly fields: FieldTable
  readonly map: Mapper
}

/** A tag that tells of a field which the sender meant to be read, and which could not be. */
export function unreadTag(field: string): string {
  return `vigia:unread:${field}`
}

/** `VIG_ALERT_INVALID`, with every field that is wrong. */
export function rejected(problems: readonly string[]): Mapped {
  return { outcome: 'rejection', reason: problems.join('; ') }
}
