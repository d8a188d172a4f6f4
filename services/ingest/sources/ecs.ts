import {
  defaultSeverity,
  type Severity,
  severityFromName,
  severityFromRisk,
  severityFromSuricata,
} from '../../../core/severity.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { instantAt, textAt, textsAt } from './field-walk.ts'
import { observablesIn } from './found.ts'
import { firstShortText, mapGeneric } from './generic.ts'
import { lineKey } from './line.ts'
import { type Mapped, rejected, type SourceMapper } from './mapped.ts'
import { numberOf } from './severity-said.ts'
import { indicatorMatches } from './threat-match.ts'
import { behindVigiaKeys, vigiaKeysOf } from './vigia-keys.ts'

const rule = ['rule.name', 'rule.description']
const title = [...rule, 'event.action', 'message', 'event.original', 'event.dataset']
const description = ['event.reason', 'rule.description', 'message', 'event.original']
const score = ['event.severity']
const level = ['log.level', 'log.syslog.severity.name']
const risk = ['event.risk_score_norm', 'event.risk_score']
const eventTime = ['@timestamp', 'event.start', 'event.created', 'event.ingested']
const eventId = ['event.id', 'event.hash']
const ruleIds = ['rule.id', 'rule.uuid']
const techniques = ['threat.technique.id', 'threat.technique.subtechnique.id']
const references = ['rule.reference', 'event.reference', 'threat.technique.reference', 'threat.indicator.reference']
const tags = ['tags', 'rule.category', 'threat.tactic.id']
const markings = ['threat.indicator.marking.tlp']
const link = ['event.url']

export const ecs: SourceMapper = {
  kind: 'ecs',
  what: 'events in the Elastic Common Schema, as Logstash, Filebeat and Elastic Agent write them',
  fits: isEcs,
  fields: behindVigiaKeys({
    title: [...title, '<first short text>'],
    description,
    severity: [...score, ...level, ...risk],
    eventTime,
    sourceRef: ['<_index and _id>', ...eventId],
    rule,
    ruleIds,
    techniques,
    references,
    tags,
    tlp: markings,
    externalLink: link,
    observables: ['<fields of known names>', '<every other text>'],
  }),
  map: mapEcs,
}

/** The time under its ECS name, and one more thing that only ECS or a shipper writes. */
function isEcs(body: JsonObject): boolean {
  if (!('@timestamp' in body) || lineKey in body) return false
  if ('ecs' in body || 'ecs.version' in body || '@version' in body || '@metadata' in body) return true
  if (isObject(body.event)) return true
  return 'event.kind' in body || 'event.action' in body || 'event.dataset' in body || 'event.category' in body
}

/** ECS events, nested as Logstash writes them or with literal dotted keys. Contract sources 6.2, reference 7.8. */
export function mapEcs(body: JsonObject, source: string): Mapped {
  if (!isEcs(body)) return mapGeneric(body, source)
  const own = vigiaKeysOf(body)
  if (own.problems.length > 0) return rejected(own.problems)
  const [index, document] = [textAt(body, ['_index']), textAt(body, ['_id'])]
  const ref = own.ref ?? (index && document ? `${index}|${document}` : undefined)
  const name = own.rule ?? textAt(body, rule) ?? null
  return {
    outcome: 'alert',
    alert: {
      source: own.source ?? source,
      type: own.type ?? 'ecs',
      sourceRef: ref ?? textAt(body, eventId) ?? '',
      chosenRef: ref !== undefined,
      title: own.title ?? titleOf(body) ?? `Event from ${source}`,
      description: own.description ?? textAt(body, description) ?? '',
      severity: own.severity ?? severityOf(body),
      tags: [...textsAt(body, tags), ...textsAt(body, markings).map(marking => `tlp:${marking}`), ...own.tags],
      tlp: own.tlp,
      pap: own.pap,
      eventTime: instantAt(body, eventTime),
      externalLink: own.link ?? textAt(body, link) ?? null,
      rule: name,
      techniques: textsAt(body, techniques),
      ruleIds: textsAt(body, ruleIds),
      references: textsAt(body, references),
      observables: [...indicatorMatches(body), ...observablesIn(body)],
      content: body,
    },
  }
}

/** What a shipper tags where it could not read what it ships: the fields are not those of the event. */
const damaged = /^_\w{0,64}(?:failure|exception|error)$/i

function titleOf(body: JsonObject): string | undefined {
  const said = textAt(body, title) ?? firstShortText(body)
  return said !== undefined && textsAt(body, ['tags']).some(tag => damaged.test(tag)) ? `Unparsed: ${said}` : said
}

/**
 * `event.severity` is a number of the sender's own. From 5 on it is read as a score, as Elastic's own alerts have it;
 * below, only Suricata is known to write it, and counts down.
 */
function severityOf(body: JsonObject): Severity {
  const number = numberOf(textAt(body, score))
  const byScore =
    textAt(body, ['event.module']) === 'suricata'
      ? severityFromSuricata(number)
      : number !== undefined && number >= 5
        ? severityFromRisk(number)
        : undefined
  return (
    byScore ??
    severityFromName(textAt(body, level)) ??
    severityFromRisk(numberOf(textAt(body, risk))) ??
    defaultSeverity
  )
}
