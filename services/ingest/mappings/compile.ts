import { parseInstant } from '../../../core/time.ts'
import { highestPap, highestTlp, parsePap, parseTlp } from '../../../core/tlp.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { observablesIn } from '../sources/found.ts'
import { type FieldTable, type Mapped, type MappedAlert, rejected, type SourceMapper } from '../sources/mapped.ts'
import { behindVigiaKeys, type VigiaKeys, vigiaKeysOf } from '../sources/vigia-keys.ts'
import { withoutFields } from './content.ts'
import type { Mapping } from './format.ts'
import { keyValuesIn } from './key-values.ts'
import { levelBy } from './level.ts'
import { isWithin, observablesBy } from './observables.ts'
import type { Path, Scope } from './path.ts'
import { allTexts, firstSaid, type Saying } from './said.ts'
import { severityBy } from './severity.ts'
import { headsOf, misfitOf, misfitOfShape } from './shape.ts'

/** A mapper that was made from a mapping. */
export type DeclaredMapper = SourceMapper & {
  readonly mapping: Mapping
  /** Where it looks paths up in a document. */
  readonly scopes: (body: JsonObject) => readonly Scope[]
  /** Why a document is not of this kind by its shape; `undefined` where it is. */
  readonly misfit: (body: JsonObject) => string | undefined
}

/** Makes a mapping into a mapper. Compiled once; what it gives is pure and total. */
export function compileMapping(mapping: Mapping): DeclaredMapper {
  const scopes = scopesOf(mapping)
  const heads = headsOf(mapping)
  const misfit = (body: JsonObject) => misfitOf(mapping, outerScopes(mapping, body))
  return {
    kind: mapping.kind,
    what: mapping.what,
    mapping,
    scopes,
    misfit,
    fits: body => heads.some(name => name in body) && misfit(body) === undefined,
    fields: fieldsOf(mapping),
    map: mapBy(mapping, scopes),
  }
}

/** What is unwrapped is looked at first, then the whole document, then the fields of its text of pairs. */
function scopesOf(mapping: Mapping): (body: JsonObject) => readonly Scope[] {
  const { pairs } = mapping
  if (pairs === undefined) return body => outerScopes(mapping, body)
  return body => {
    const outer = outerScopes(mapping, body)
    const text = pairs.places(outer)[0]
    return typeof text?.value === 'string'
      ? [...outer, { prefix: `${text.path}:`, body: keyValuesIn(text.value) }]
      : outer
  }
}

function outerScopes({ unwrap }: Mapping, body: JsonObject): readonly Scope[] {
  const whole = { prefix: '', body }
  const inner = unwrap?.places([whole])[0]
  return inner !== undefined && isObject(inner.value) ? [{ prefix: inner.path, body: inner.value }, whole] : [whole]
}

/** ATT&CK ids as they are, as Sigma's tags write them, or at the beginning of a name. */
const technique = /^(?:attack\.)?(t\d{4}(?:\.\d{3})?)(?!\w)/i

function mapBy(mapping: Mapping, scopesOfBody: (body: JsonObject) => readonly Scope[]) {
  const severity = severityBy(mapping.severity)
  const tlp = levelBy(mapping.tlp, parseTlp, highestTlp)
  const pap = levelBy(mapping.pap, parsePap, highestPap)
  const listed = observablesBy(mapping.observables ?? [])
  const unsearched = [
    ...(mapping.skip ?? []),
    ...(mapping.references ?? []),
    ...(mapping.techniques ?? []),
    ...(mapping.tags ?? []),
    ...(mapping.ruleIds ?? []),
    ...(mapping.link ?? []).flatMap(({ paths }) => paths),
  ]
  return (body: JsonObject, source: string): Mapped => {
    const own = vigiaKeysOf(body)
    if (own.problems.length > 0) return rejected(own.problems)
    const scopes = scopesOfBody(body)
    const kept = mapping.suppress?.find(({ when }) => misfitOfShape(when, scopes) === undefined)
    if (kept !== undefined) return { outcome: 'suppression', policy: kept.policy, reason: kept.reason }
    const says = (sayings: readonly Saying[] | undefined) => firstSaid(sayings ?? [], scopes)?.text
    const texts = (paths: readonly Path[] | undefined) => allTexts(paths ?? [], scopes)
    const rule = says(mapping.rule)
    const ref = own.ref ?? says(mapping.identity)
    const found = listed(scopes)
    const claimed = new Set([...found.claimed, ...unsearched.flatMap(path => path.places(scopes)).map(at => at.path)])
    const walked = mapping.also === 'none' ? [] : observablesIn(body).filter(each => !isWithin(each.path, claimed))
    const alert = {
      source,
      type: mapping.type,
      sourceRef: ref ?? '',
      chosenRef: ref !== undefined,
      title: says(mapping.title) ?? rule ?? mapping.what,
      description: says(mapping.description) ?? '',
      severity: severity(scopes),
      tags: texts(mapping.tags),
      tlp: tlp(scopes),
      pap: pap(scopes),
      eventTime: firstTime(mapping.time, scopes),
      externalLink: says(mapping.link) ?? null,
      rule: rule ?? null,
      techniques: texts(mapping.techniques).flatMap(text => technique.exec(text)?.[1] ?? []),
      ruleIds: texts(mapping.ruleIds),
      references: texts(mapping.references),
      observables: [...found.observables, ...walked],
      content: withoutFields(body, mapping.volatile ?? []),
    }
    return { outcome: 'alert', alert: overlaid(alert, own) }
  }
}

/** What the sender says to us by our own keys goes before what its document says. */
function overlaid(alert: MappedAlert, own: VigiaKeys): MappedAlert {
  return {
    ...alert,
    source: own.source ?? alert.source,
    type: own.type ?? alert.type,
    title: own.title ?? alert.title,
    description: own.description ?? alert.description,
    severity: own.severity ?? alert.severity,
    tags: [...alert.tags, ...own.tags],
    tlp: own.tlp ?? alert.tlp,
    pap: own.pap ?? alert.pap,
    externalLink: own.link ?? alert.externalLink,
    rule: own.rule ?? alert.rule,
  }
}

function firstTime(paths: readonly Path[] | undefined, scopes: readonly Scope[]): unknown {
  for (const path of paths ?? []) {
    const place = path.places(scopes).find(({ value }) => parseInstant(value) !== undefined)
    if (place !== undefined) return place.value
  }
  return undefined
}

function fieldsOf(mapping: Mapping): FieldTable {
  const said = (sayings: readonly Saying[] | undefined) => sayings?.map(({ text }) => text) ?? []
  const named = (paths: readonly Path[] | undefined) => paths?.map(({ text }) => text) ?? []
  return behindVigiaKeys({
    title: said(mapping.title),
    description: said(mapping.description),
    severity: named(mapping.severity?.from),
    eventTime: named(mapping.time),
    sourceRef: [...said(mapping.identity), '<content>'],
    rule: said(mapping.rule),
    ruleIds: named(mapping.ruleIds),
    techniques: named(mapping.techniques),
    references: named(mapping.references),
    tags: named(mapping.tags),
    tlp: named(mapping.tlp?.from),
    pap: named(mapping.pap?.from),
    externalLink: said(mapping.link),
    observables: [
      ...(mapping.observables ?? []).flatMap(({ path, say = [], each }) =>
        path === undefined
          ? say.map(({ text }) => (each === undefined ? text : `<${text} of ${each.text}>`))
          : path.text,
      ),
      ...(mapping.also === 'walk' ? ['<every other field>'] : []),
    ],
  })
}
