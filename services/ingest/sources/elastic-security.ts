import { defaultSeverity, type Severity, severityFromName, severityFromRisk } from '../../../core/severity.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { firstAt, instantAt, objectsAt, textAt, textsAt } from './field-walk.ts'
import { foundAs, observablesIn, typeOfField } from './found.ts'
import { mapGeneric } from './generic.ts'
import { type FoundObservable, type Mapped, rejected, type SourceMapper } from './mapped.ts'
import { numberOf } from './severity-said.ts'
import { indicatorMatches } from './threat-match.ts'
import { behindVigiaKeys, vigiaKeysOf } from './vigia-keys.ts'

/** Each of Elastic 8 first, then as 7 had it. */
const rule = ['kibana.alert.rule.name', 'signal.rule.name']
const reason = ['kibana.alert.reason', 'signal.reason', 'kibana.alert.rule.description', 'signal.rule.description']
const severity = ['kibana.alert.severity', 'kibana.alert.rule.severity', 'signal.rule.severity']
const risk = ['kibana.alert.risk_score', 'kibana.alert.rule.risk_score', 'signal.rule.risk_score']
const eventTime = ['kibana.alert.original_time', 'signal.original_time', 'kibana.alert.start', '@timestamp']
const uuid = ['kibana.alert.uuid', '_id']
const ruleIds = [
  ...['kibana.alert.rule.rule_id', 'kibana.alert.rule.parameters.rule_id', 'kibana.alert.rule.uuid'],
  ...['signal.rule.rule_id', 'signal.rule.id'],
]
const threats = ['kibana.alert.rule.threat', 'kibana.alert.rule.parameters.threat', 'signal.rule.threat']
const techniques = [
  ...threats.flatMap(path => [`${path}.technique.id`, `${path}.technique.subtechnique.id`]),
  ...['threat.technique.id', 'threat.technique.subtechnique.id'],
]
const references = [
  ...['kibana.alert.rule.references', 'kibana.alert.rule.parameters.references', 'signal.rule.references'],
  'threat.enrichments.indicator.reference',
]
const tags = ['kibana.alert.rule.tags', 'kibana.alert.workflow_tags', 'signal.rule.tags', 'tags']
const markings = ['threat.enrichments.indicator.marking.tlp', 'threat.indicator.marking.tlp']
const link = ['kibana.alert.url']
const buildingBlock = ['kibana.alert.building_block_type', 'signal.rule.building_block_type']
const thresholds = ['kibana.alert.threshold_result', 'signal.threshold_result']
const ancestors = ['kibana.alert.ancestors', 'signal.ancestors']

export const elasticSecurity: SourceMapper = {
  kind: 'elastic-security',
  what: 'detection alerts of Elastic Security 8 and 9, and the signals of 7; building blocks are suppressed',
  fits: isDetection,
  fields: behindVigiaKeys({
    title: rule,
    description: [...reason, '<threshold and ancestors>'],
    severity: [...severity, ...risk],
    eventTime,
    sourceRef: uuid,
    rule,
    ruleIds,
    techniques,
    references,
    tags,
    tlp: markings,
    externalLink: link,
    observables: [
      ...['threat.enrichments.matched', 'threat.enrichments.indicator', ...thresholds.map(path => `${path}.terms`)],
      ...['<fields of known names>', '<every other text>'],
    ],
  }),
  map: mapElasticSecurity,
}

function isDetection(body: JsonObject): boolean {
  if ('kibana.alert.rule.name' in body || 'kibana.alert.uuid' in body || 'signal.rule.name' in body) return true
  const { kibana, signal } = body
  if (isObject(signal)) return isObject(signal.rule) || 'rule.name' in signal
  return isObject(body['kibana.alert']) || (isObject(kibana) && (isObject(kibana.alert) || 'alert.uuid' in kibana))
}

/** The alert documents themselves, literal dotted keys beside nested ones. Contract sources 6.1. */
export function mapElasticSecurity(body: JsonObject, source: string): Mapped {
  if (!isDetection(body)) return mapGeneric(body, source)
  const own = vigiaKeysOf(body)
  if (own.problems.length > 0) return rejected(own.problems)
  const block = textAt(body, buildingBlock)
  if (block !== undefined) {
    const says = `the rule is a building block (${block.slice(0, 64)}) of others, whose alerts come by themselves`
    return { outcome: 'suppression', policy: 'elastic-building-block', reason: says }
  }
  const name = own.rule ?? textAt(body, rule) ?? null
  const ref = own.ref ?? textAt(body, uuid)
  return {
    outcome: 'alert',
    alert: {
      source: own.source ?? source,
      type: own.type ?? 'elastic-security',
      sourceRef: ref ?? '',
      chosenRef: ref !== undefined,
      title: own.title ?? name ?? textAt(body, reason) ?? 'Elastic Security alert',
      description: own.description ?? descriptionOf(body),
      severity: own.severity ?? severityOf(body),
      tags: [...textsAt(body, tags), ...textsAt(body, markings).map(level => `tlp:${level}`), ...own.tags],
      tlp: own.tlp,
      pap: own.pap,
      eventTime: instantAt(body, eventTime),
      externalLink: own.link ?? textAt(body, link) ?? null,
      rule: name,
      techniques: textsAt(body, techniques),
      ruleIds: textsAt(body, ruleIds),
      references: textsAt(body, references),
      observables: [...indicatorMatches(body), ...terms(body), ...observablesIn(body)],
      content: body,
    },
  }
}

function severityOf(body: JsonObject): Severity {
  const named = severityFromName(textAt(body, severity))
  return named ?? severityFromRisk(numberOf(textAt(body, risk))) ?? defaultSeverity
}

/** The reason, what went over a threshold, and the events or alerts that this one was made of. */
function descriptionOf(body: JsonObject): string {
  const made = objectsAt(body, ancestors).map(({ item }) => [textAt(item, ['index']), textAt(item, ['id'])])
  return [
    textAt(body, reason),
    thresholdOf(body),
    ...made.slice(0, 10).map(each => `of ${each.filter(Boolean).join(' ')}`),
  ]
    .filter(Boolean)
    .join('\n')
}

function thresholdOf(body: JsonObject): string | undefined {
  const result = firstAt(body, thresholds)
  if (!isObject(result)) return undefined
  const pairs = (name: string, join: string) =>
    (Array.isArray(result[name]) ? result[name] : [])
      .filter(isObject)
      .map(item => [textAt(item, ['field']), textAt(item, ['value'])].filter(Boolean).join(join))
  const counted = `${textAt(result, ['count']) ?? 'many'} events`
  return [counted, ...pairs('terms', ' = '), ...pairs('cardinality', ' distinct: ')].join(', ')
}

function terms(body: JsonObject): FoundObservable[] {
  return objectsAt(
    body,
    thresholds.map(path => `${path}.terms`),
  ).flatMap(({ item, path }) => {
    const field = textAt(item, ['field']) ?? ''
    return foundAs(typeOfField(field), textAt(item, ['value']), roleOfTerm(field), `${path}.value`)
  })
}

function roleOfTerm(field: string): FoundObservable['role'] {
  return field.startsWith('source.') ? 'source' : field.startsWith('destination.') ? 'target' : 'mentioned'
}
