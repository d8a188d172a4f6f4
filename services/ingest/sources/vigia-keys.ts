import type { Severity } from '../../../core/severity.ts'
import { type JsonObject, kindOf } from '../json-object.ts'
import type { FieldTable } from './mapped.ts'
import { severitySaid } from './severity-said.ts'

/** What a sender may say to Vigía in any document, under names that no other schema uses. */
export type VigiaKeys = {
  readonly source: string | undefined
  readonly type: string | undefined
  readonly ref: string | undefined
  readonly rule: string | undefined
  readonly title: string | undefined
  readonly description: string | undefined
  readonly link: string | null
  readonly severity: Severity | undefined
  readonly tags: readonly string[]
  readonly tlp: unknown
  readonly pap: unknown
  /** Keys with a wrong type: ours are strict, since whoever writes them means us. */
  readonly problems: readonly string[]
}

/** A table of a kind that heeds our keys: each field comes from the key first. */
export function behindVigiaKeys(fields: FieldTable): FieldTable {
  const behind = (key: string, paths: readonly string[] = []) => [`vigia_${key}`, ...paths]
  return {
    ...fields,
    title: behind('title', fields.title),
    description: behind('description', fields.description),
    severity: behind('severity', fields.severity),
    sourceRef: behind('ref', fields.sourceRef),
    rule: behind('rule', fields.rule),
    tags: behind('tags', fields.tags),
    tlp: behind('tlp', fields.tlp),
    pap: behind('pap', fields.pap),
    externalLink: behind('link', fields.externalLink),
  }
}

export function vigiaKeysOf(body: JsonObject): VigiaKeys {
  const problems: string[] = []
  const text = (name: string): string | undefined => {
    const value = body[`vigia_${name}`]
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number') return String(value)
    problems.push(`vigia_${name}: expected a string, got ${kindOf(value)}`)
    return undefined
  }
  const tags = body.vigia_tags ?? []
  const areTags = typeof tags === 'string' || (Array.isArray(tags) && tags.every(tag => typeof tag === 'string'))
  if (!areTags) problems.push(`vigia_tags: expected an array of strings, got ${kindOf(tags)}`)
  const written = text('severity')
  const severity = severitySaid(written)
  if (written !== undefined && severity === undefined) {
    problems.push('vigia_severity: expected low, medium, high, critical, 1 to 4, or a score up to 100')
  }
  return {
    source: text('source'),
    type: text('type'),
    ref: text('ref'),
    rule: text('rule'),
    title: text('title'),
    description: text('description'),
    link: text('link') ?? null,
    severity,
    tags: areTags ? [tags].flat() : [],
    tlp: text('tlp'),
    pap: text('pap'),
    problems,
  }
}
