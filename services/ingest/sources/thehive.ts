import { createHash } from 'node:crypto'
import { isChosenRef, stableTheHive } from '../../../core/fingerprint.ts'
import type { Role } from '../../../core/observable/types.ts'
import { defaultSeverity, severityFromTheHive } from '../../../core/severity.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { mentionedIn } from './found.ts'
import { type FoundObservable, type Mapped, rejected } from './mapped.ts'
import { problemsOfTheHive } from './thehive-fields.ts'

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
      rule: null,
      techniques: [],
      ruleIds: [],
      references: [],
      observables: [
        ...listed(body, 'artifacts', reading),
        ...listed(body, 'observables', reading),
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
  return items.filter(isObject).flatMap((item, index) => {
    const path = `${name}[${index}].data`
    const tags = textsOf(item.tags)
    const role = roleOf(tags)
    const marked = { tlp: item.tlp, tags: tags.flatMap(tag => reading.tags(tag)) }
    if (textOf(item.dataType).toLowerCase() === 'file')
      return fileOf(item, path).map(found => ({ ...found, ...marked }))
    const values = typeof item.data === 'string' ? reading.values(item.data) : textsOf(item.data)
    return values
      .filter(value => value.trim() !== '')
      .map(value => ({ type: textOf(item.dataType), value, role, path, ...marked }))
  })
}

/** A file comes as `name;mime;base64`, its name often with the sender's whole path; v5 names an attachment instead. */
function fileOf(item: JsonObject, path: string): FoundObservable[] {
  const given =
    textOf(item.data) || (isObject(item.attachment) ? textOf(item.attachment.name) : textOf(item.attachment))
  const [name = '', , content] = given.split(';')
  const bytes = Buffer.from(content ?? '', 'base64')
  const base = name.replace(/^.*[\\/]/, '')
  const found: FoundObservable[] = base === '' ? [] : [{ type: 'filename', value: base, role: 'indicator', path }]
  if (bytes.length === 0) return found
  return [...found, { type: 'hash', value: createHash('sha256').update(bytes).digest('hex'), role: 'indicator', path }]
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
