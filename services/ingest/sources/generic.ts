import { defaultSeverity, type Severity, severityFromRisk, severityFromWazuh } from '../../../core/severity.ts'
import { parseInstant } from '../../../core/time.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { firstAt, instantAt, leavesOf, textAt, textsAt, valueAt } from './field-walk.ts'
import { foundAs, idName, mentionedIn, observablesIn } from './found.ts'
import { meaningOf } from './known-fields.ts'
import { lineKey } from './line.ts'
import { type Mapped, rejected, type SourceMapper, unreadTag } from './mapped.ts'
import { severityOfTrigger, severitySaid } from './severity-said.ts'
import { behindVigiaKeys, vigiaKeysOf } from './vigia-keys.ts'

/** Where senders put the name of the rule that fired. */
const rules = [
  'kibana.alert.rule.name',
  'signal.rule.name',
  'rule.name',
  'rule.description',
  'rule_name',
  'rule_title',
  'search_name',
  'metadata.rule',
  'monitor.name',
  'labels.alertname',
]
/** Where senders put the name of what happened, best first. */
const titles = [
  'title',
  ...rules,
  ...['properties.title', 'name', 'summary', 'event.action', 'message', 'full_log', 'event.original'],
  ...['msg', 'text', 'reason', 'subject', 'alert', 'event_name', 'eventName'],
]
const descriptions = [
  'description',
  'kibana.alert.reason',
  'signal.reason',
  'annotations.description',
  'rule_description',
  'message',
  'full_log',
  'event.original',
]
const times = [
  '@timestamp',
  'timestamp',
  'kibana.alert.original_time',
  'eventTime',
  'execution_time',
  'createdDateTime',
]
const tags = [
  'tags',
  'kibana.alert.rule.tags',
  'signal.rule.tags',
  'rule.groups',
  'rule.mitre.id',
  'threat.technique.id',
]
const techniques = [
  ...['threat.technique.id', 'threat.technique.subtechnique.id', 'rule.mitre.id', 'mitreTechniques'],
  ...['techniques', 'mitre.technique.id', 'annotations.mitre_attack.mitre_technique_id'],
]
const ruleIds = ['rule.id', 'rule.uuid', 'sigma_id']
const references = ['rule.reference', 'references']
const links = ['externalLink', 'kibana.alert.url', 'alertWebUrl', 'results_link', 'dashboard', 'generatorURL']
const severities = [
  'severity',
  'kibana.alert.severity',
  'signal.rule.severity',
  'rule.severity',
  'urgency',
  'trigger.severity',
  'labels.severity',
  'metadata.severity',
  'log.level',
]
const risks = ['kibana.alert.risk_score', 'signal.rule.risk_score', 'event.risk_score', 'event.severity']

export const genericMapper: SourceMapper = {
  kind: 'generic',
  what: 'any JSON object, and any line of text',
  fits: () => true,
  fields: behindVigiaKeys({
    title: [...titles, '<first short text>', '<source>'],
    description: descriptions,
    severity: ['rule.level', 'trigger.severity', ...severities, ...risks],
    eventTime: times,
    sourceRef: ['sourceRef', 'kibana.alert.uuid', '<_index and _id>'],
    rule: rules,
    ruleIds,
    techniques,
    references,
    tags,
    tlp: ['tlp'],
    pap: ['pap'],
    externalLink: links,
    observables: ['<fields of known names>', '<every other text>'],
  }),
  map: mapGeneric,
}

/**
 * Any JSON object, and any line of text. What has no title gets one; a field of a type that cannot be read counts as
 * absent, and a tag names it.
 */
export function mapGeneric(body: JsonObject, source: string): Mapped {
  const own = vigiaKeysOf(body)
  if (own.problems.length > 0) return rejected(own.problems)
  const line = body[lineKey]
  if (typeof line === 'string') return mapLine(body, line, source)
  const ref = own.ref ?? refOf(body)
  return {
    outcome: 'alert',
    alert: {
      source: own.source ?? source,
      type: own.type ?? 'event',
      sourceRef: ref ?? textAt(body, ['event.id', 'id', '_id']) ?? '',
      chosenRef: ref !== undefined,
      title: own.title ?? textAt(body, titles) ?? firstShortText(body) ?? `Alert from ${source}`,
      description: own.description ?? textAt(body, descriptions) ?? '',
      severity: own.severity ?? severityIn(body),
      tags: [...textsAt(body, tags), ...own.tags, ...unreadable(body).map(unreadTag)],
      tlp: own.tlp ?? firstAt(body, ['tlp']),
      pap: own.pap ?? firstAt(body, ['pap']),
      orElse: { ...(own.tlp === undefined ? { tlp: 'RED' } : {}), ...(own.pap === undefined ? { pap: 'RED' } : {}) },
      eventTime: instantAt(body, times),
      externalLink: own.link ?? textAt(body, links) ?? null,
      rule: own.rule ?? textAt(body, rules) ?? null,
      techniques: textsAt(body, techniques),
      ruleIds: textsAt(body, ruleIds),
      references: textsAt(body, references),
      observables: observablesIn(body),
      content: body,
    },
  }
}

const longestTitle = 160

/** A text that is no JSON; the same text again is the same alert. */
function mapLine(body: JsonObject, line: string, source: string): Mapped {
  return {
    outcome: 'alert',
    alert: {
      source,
      type: 'line',
      sourceRef: '',
      chosenRef: false,
      title: (line.split('\n', 1)[0] ?? line).slice(0, longestTitle),
      description: line,
      severity: defaultSeverity,
      tags: [],
      tlp: undefined,
      pap: undefined,
      eventTime: body['@timestamp'],
      externalLink: null,
      rule: null,
      techniques: [],
      ruleIds: [],
      references: [],
      observables: [
        ...foundAs('hostname', valueAt(body, 'host.name'), 'observer', 'host.name'),
        ...mentionedIn(line, lineKey),
      ],
      content: { [lineKey]: line },
    },
  }
}

const notTitle = /(?:^|\.)(?:severity|level|priority|status|state|type|kind|tlp|pap|tags|version)$/i

/** The first text that could be a title: words, no time, in a field that does not hold an observable or an id. */
export function firstShortText(body: JsonObject): string | undefined {
  for (const { field, text } of leavesOf(body)) {
    if (notTitle.test(field) || text.length < 3 || text.length > longestTitle || !/\p{L}{2}/u.test(text)) continue
    if (meaningOf(field).type === 'text' && !idName.test(field) && parseInstant(text) === undefined) return text.trim()
  }
  return undefined
}

/** What every sender means alike, where it is of a type that cannot be read. */
function unreadable(body: JsonObject): string[] {
  return ['title', 'severity'].filter(name => {
    const value = body[name]
    return value !== undefined && value !== null && typeof value !== 'string' && typeof value !== 'number'
  })
}

/** References that their makers promise to be the same for the same alert. */
function refOf(body: JsonObject): string | undefined {
  const given = textAt(body, ['sourceRef', 'kibana.alert.uuid'])
  if (given !== undefined) return given
  const [index, id] = [textAt(body, ['_index']), textAt(body, ['_id'])]
  if (index !== undefined && id !== undefined) return `${index}|${id}`
  return wazuhRef(body)
}

/** Wazuh's id is unique for one manager and day only. */
function wazuhRef(body: JsonObject): string | undefined {
  const node = textAt(body, ['cluster.node', 'manager.name'])
  const [id, level, time] = [textAt(body, ['id']), valueAt(body, 'rule.level'), textAt(body, ['timestamp'])]
  return node && id && time && typeof level === 'number' ? `${node}|${id}|${time}` : undefined
}

function severityIn(body: JsonObject): Severity {
  const wazuh = severityFromWazuh(valueAt(body, 'rule.level'))
  const said = severitySaid(firstAt(body, severities))
  const trigger = isObject(body.monitor) && isObject(body.trigger) ? body.trigger : undefined
  return (
    wazuh ?? severityOfTrigger(trigger?.severity) ?? said ?? severityFromRisk(firstAt(body, risks)) ?? defaultSeverity
  )
}
