import { defaultSeverity, type Severity, severityFromRisk, severityFromWazuh } from '../../../core/severity.ts'
import { isObject, type JsonObject, kindOf } from '../json-object.ts'
import { firstAt, textAt, textsAt, valueAt } from './field-walk.ts'
import { observablesIn } from './found.ts'
import { type Mapped, rejected } from './mapped.ts'
import { severityOfTrigger, severitySaid } from './severity-said.ts'
import { vigiaKeysOf } from './vigia-keys.ts'

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
const techniques = ['threat.technique.id', 'threat.technique.subtechnique.id', 'rule.mitre.id']
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

/** Any JSON object that names what happened: Elastic, Wazuh, Splunk, Alertmanager, ECS from Logstash, own webhooks. */
export function mapGeneric(given: JsonObject, source: string): Mapped {
  const body = unwrapped(given)
  const own = vigiaKeysOf(body)
  const problems = [...own.problems, ...wrongFields(body)]
  const title = own.title ?? textAt(body, titles)
  if (title === undefined && problems.length === 0) {
    problems.push(`title: missing (looked for ${['vigia_title', ...titles].join(', ')})`)
  }
  if (problems.length > 0 || title === undefined) return rejected(problems)
  const ref = own.ref ?? refOf(body)
  return {
    outcome: 'alert',
    alert: {
      source: own.source ?? source,
      type: own.type ?? 'event',
      sourceRef: ref ?? textAt(body, ['event.id', 'id', '_id']) ?? '',
      chosenRef: ref !== undefined,
      title,
      description: own.description ?? textAt(body, descriptions) ?? '',
      severity: own.severity ?? severityIn(body),
      tags: [...textsAt(body, tags), ...own.tags],
      tlp: own.tlp ?? firstAt(body, ['tlp']),
      pap: own.pap ?? firstAt(body, ['pap']),
      eventTime: firstAt(body, times),
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

/** A search hit holds the document in `_source`, beside its id. */
function unwrapped(body: JsonObject): JsonObject {
  return isObject(body._source) ? { ...body._source, _id: body._id, _index: body._index } : body
}

/** What every sender means alike has to be of a type that can be read. */
function wrongFields(body: JsonObject): string[] {
  const wrong = (name: string, types: readonly string[]) => {
    const value = body[name]
    const isRight = value === undefined || value === null || types.includes(typeof value)
    return isRight ? [] : [`${name}: expected ${types.map(type => `a ${type}`).join(' or ')}, got ${kindOf(value)}`]
  }
  return [
    ...wrong('title', ['string']),
    ...wrong('severity', ['string', 'number']),
    ...wrong('tlp', ['string', 'number']),
    ...wrong('pap', ['string', 'number']),
  ]
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
