import { isChosenRef, stableTheHive } from '../../../core/fingerprint.ts'
import type { Role } from '../../../core/observable/types.ts'
import { defaultSeverity, severityFromTheHive } from '../../../core/severity.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { customFieldsOf, customTexts } from './custom-fields.ts'
import { textsAt } from './field-walk.ts'
import { describedFiles, filesByPart, filesField } from './file-described.ts'
import { mentionedIn, observablesIn } from './found.ts'
import { type FieldTable, type FoundObservable, type Mapped, rejected, type SourceMapper } from './mapped.ts'
import { problemsOfTheHive } from './thehive-fields.ts'
import { fileOf, keptAs, partsNamed } from './thehive-file.ts'

export const theHiveFields: FieldTable = {
  title: ['title', '<type and source>'],
  description: ['description'],
  severity: ['severity'],
  eventTime: ['date'],
  sourceRef: ['sourceRef'],
  rule: ['customFields.rule', 'customFields.rule_name'],
  ruleIds: ['customFields.rule_id', 'customFields.rule_uuid', 'customFields.sigma_id'],
  techniques: ['procedures[].patternId', 'customFields.technique', '<tags>'],
  references: ['customFields.reference', 'customFields.references'],
  tags: ['tags'],
  tlp: ['tlp'],
  pap: ['pap'],
  externalLink: ['externalLink'],
  observables: ['artifacts', 'observables', 'customFields', '<text of title and description>'],
}

export const theHive: SourceMapper = {
  kind: 'thehive',
  what: 'alerts of clients of TheHive 3, 4 and 5',
  fits: isTheHive,
  fields: theHiveFields,
  map: mapTheHive,
}

/**
 * By what names an alert in TheHive, all three as texts, so that one with a missing title or a wrong severity is still
 * refused as what it is. Others have some of the names, and TheHive's rules for the rest are no rules of theirs. Artifacts with a
 * `dataType` are TheHive's whatever the names are: their TLP is understood here alone.
 */
export function isTheHive(body: JsonObject): boolean {
  const isNamed = ['type', 'source', 'sourceRef'].every(name => typeof body[name] === 'string')
  if (isNamed && ('title' in body || 'description' in body)) return true
  return 'sourceRef' in body && [body.artifacts, body.observables].some(isOfDataTypes)
}

function isOfDataTypes(listed: unknown): boolean {
  return Array.isArray(listed) && isObject(listed[0]) && 'dataType' in listed[0]
}

/** Names of custom fields that say what the alert has fields of its own for. */
const named = {
  rule: /^rule(?:[-_ .]?name)?$/i,
  ruleIds: /^(?:rule|sigma)(?:[-_ .]?rule)?[-_ .]?(?:id|uuid)$/i,
  techniques: /^(?:mitre|att&?ck|technique|ttp)/i,
  references: /^references?$/i,
}

/** TheHive alert bodies, v0 (`artifacts`), v1 and v5 (`observables`) alike. Contract TheHive 1.5 to 1.7. */
export function mapTheHive(body: JsonObject): Mapped {
  return mapTheHiveWith(body, { values: value => [value], tags: tag => [tag] })
}

/** How texts of a sender are read: what one value, or one tag, stands for. */
export type TextReading = {
  values(value: string): readonly string[]
  tags(tag: string): readonly string[]
}

export function mapTheHiveWith(body: JsonObject, reading: TextReading): Mapped {
  const problems = problemsOfTheHive(body)
  if (problems.length > 0) return rejected(problems.map(({ name, says }) => `${name}: ${says}`))
  const [type, source, sourceRef] = [textOf(body.type), textOf(body.source), textOf(body.sourceRef)]
  const title = textOf(body.title)
  const description = textOf(body.description)
  const custom = customFieldsOf(body)
  return {
    outcome: 'alert',
    alert: {
      source,
      type,
      sourceRef,
      chosenRef: isChosenRef(sourceRef),
      title: title.trim() === '' ? `${type} from ${source}` : title,
      description,
      severity: severityFromTheHive(body.severity) ?? defaultSeverity,
      tags: textsOf(body.tags).flatMap(tag => reading.tags(tag)),
      tlp: body.tlp,
      pap: body.pap,
      eventTime: body.date,
      externalLink: textOf(body.externalLink) || null,
      rule: customTexts(custom, named.rule)[0] ?? null,
      techniques: [...textsAt(body, ['procedures.patternId']), ...customTexts(custom, named.techniques)],
      ruleIds: customTexts(custom, named.ruleIds),
      references: customTexts(custom, named.references),
      observables: [
        ...listed(body, 'artifacts', reading),
        ...listed(body, 'observables', reading),
        ...unlisted(body),
        ...observablesIn({ customFields: Object.fromEntries(custom.map(({ name, text }) => [name, text])) }),
        ...mentionedIn(title, 'title'),
        ...mentionedIn(description, 'description'),
      ],
      content: stableTheHive(body),
    },
  }
}

function listed(body: JsonObject, name: string, reading: TextReading): FoundObservable[] {
  const items = body[name]
  if (!Array.isArray(items)) return []
  const described = filesByPart(body)
  return items.filter(isObject).flatMap((item, index) => {
    const path = `${name}[${index}].data`
    const tags = textsOf(item.tags)
    const role = roleOf(tags)
    const marked = { tlp: item.tlp, tags: tags.flatMap(tag => reading.tags(tag)) }
    if (textOf(item.dataType).toLowerCase() === 'file')
      return fileOf(described, item, path).map(found => ({ ...found, ...marked }))
    const values = typeof item.data === 'string' ? reading.values(item.data) : textsOf(item.data)
    return values
      .filter(value => value.trim() !== '')
      .map(value => ({ type: textOf(item.dataType), value, role, path, isListed: true, ...marked }))
  })
}

/** Files that came beside the alert, and that no observable of it names. */
function unlisted(body: JsonObject): FoundObservable[] {
  const items = ['artifacts', 'observables'].flatMap(name => body[name]).filter(isObject)
  const named = new Set(items.flatMap(partsNamed))
  return describedFiles(body).flatMap((file, index) =>
    named.has(file.part) || /^(?:artifacts|observables)\[\d+\]\.data$/.test(file.part)
      ? []
      : keptAs(file, `${filesField}[${index}]`),
  )
}

/** What a sender lists is an indicator unless a tag says that it is an end of the connection. */
function roleOf(tags: readonly string[]): Role {
  if (tags.some(tag => /^(?:src|source|attacker)$/i.test(tag))) return 'source'
  return tags.some(tag => /^(?:dst|dest|destination|target|victim)$/i.test(tag)) ? 'target' : 'indicator'
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}
