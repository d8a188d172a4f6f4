import { defaultSeverity, severityFromWazuh } from '../../../core/severity.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { instantAt, textAt, textsAt, valueAt } from './field-walk.ts'
import { observablesIn } from './found.ts'
import { mapGeneric } from './generic.ts'
import { lineKey } from './line.ts'
import { type FoundObservable, type Mapped, rejected, type SourceMapper } from './mapped.ts'
import { suricataObservables } from './suricata.ts'
import { behindVigiaKeys, vigiaKeysOf } from './vigia-keys.ts'
import { isWazuhLine, wazuhOfLine } from './wazuh-line.ts'
import { readableEvent } from './windows-event.ts'

const title = ['rule.description']
const description = ['full_log', 'data.win.system.message', 'previous_output', 'rule.description']
const severity = ['rule.level']
const eventTime = ['timestamp', '@timestamp']
const node = ['cluster.node', 'manager.name']
const ruleIds = ['rule.id', 'data.alert.signature_id']
const techniques = ['rule.mitre.id', 'data.alert.metadata.mitre_technique_id']
const references = [
  'data.virustotal.permalink',
  'data.vulnerability.references',
  'data.vulnerability.reference',
  'rule.info',
]
const tags = ['rule.groups', 'rule.mitre.tactic']

export const wazuh: SourceMapper = {
  kind: 'wazuh',
  what: 'alerts of Wazuh 4: alerts.json, the indexer, an integration, an active response, syslog_output',
  fits: body => documentOf(body) !== undefined,
  fields: behindVigiaKeys({
    title,
    description,
    severity,
    eventTime,
    sourceRef: ['<cluster.node or manager.name, id and timestamp>'],
    rule: title,
    ruleIds,
    techniques,
    references,
    tags,
    observables: ['<fields of known names>', '<data of a Suricata alert>', '<every other text>'],
  }),
  map: mapWazuh,
}

/**
 * Alerts of Wazuh 4, in whichever envelope. Severity by the bands of its own interface; its id is unique for one manager
 * and day only. Contract sources 6.3, reference 7.6.
 */
export function mapWazuh(given: JsonObject, source: string): Mapped {
  const body = documentOf(given)
  if (body === undefined) return mapGeneric(given, source)
  if (given !== body && given.command === 'delete') {
    const reason = 'the active response to an alert ended'
    return { outcome: 'suppression', policy: 'wazuh-response-ended', reason }
  }
  const own = vigiaKeysOf(given)
  if (own.problems.length > 0) return rejected(own.problems)
  const rule = textAt(body, title) ?? null
  const ref = own.ref ?? refOf(body)
  return {
    outcome: 'alert',
    alert: {
      source: own.source ?? source,
      type: own.type ?? 'wazuh',
      sourceRef: ref ?? textAt(body, ['id']) ?? '',
      chosenRef: ref !== undefined,
      title: own.title ?? rule ?? `Wazuh rule ${textAt(body, ruleIds) ?? 'without a name'}`,
      description: own.description ?? textAt(body, description) ?? '',
      severity: own.severity ?? severityFromWazuh(levelOf(body)) ?? defaultSeverity,
      tags: [...textsAt(body, tags), ...own.tags],
      tlp: own.tlp,
      pap: own.pap,
      eventTime: instantAt(body, eventTime),
      externalLink: own.link,
      rule: own.rule ?? rule,
      techniques: textsAt(body, techniques),
      ruleIds: textsAt(body, ruleIds),
      references: textsAt(body, references),
      observables: observablesOf(body),
      content: given,
    },
  }
}

/** The alert inside an integration's `all_fields`, an active response's `parameters.alert`, or a line of syslog. */
function documentOf(body: JsonObject): JsonObject | undefined {
  if (isAlert(body)) return body
  if (isObject(body.all_fields) && isAlert(body.all_fields)) return body.all_fields
  if (isObject(body.parameters) && isObject(body.parameters.alert) && isAlert(body.parameters.alert)) {
    return body.parameters.alert
  }
  return lineKey in body && isWazuhLine(body) ? wazuhOfLine(body) : undefined
}

function isAlert(body: JsonObject): boolean {
  const { rule } = body
  if (!isObject(rule) || !('level' in rule)) return false
  return 'agent' in body || 'manager' in body || 'decoder' in body || 'location' in body
}

/** A number; the indexer of some sites keeps it as text. */
function levelOf(body: JsonObject): unknown {
  const level = valueAt(body, 'rule.level')
  return typeof level === 'string' && /^\d{1,2}$/.test(level) ? Number(level) : level
}

function refOf(body: JsonObject): string | undefined {
  const [manager, id, time] = [textAt(body, node), textAt(body, ['id']), textAt(body, eventTime)]
  return manager && id && time ? `${manager}|${id}|${time}` : undefined
}

function observablesOf(body: JsonObject): FoundObservable[] {
  const { data } = body
  if (!isObject(data)) return observablesIn(body)
  if (data.event_type === 'alert' && isObject(data.alert)) {
    const { data: _, ...around } = body
    const inside = suricataObservables(data).map(found => ({ ...found, path: `data.${found.path}` }))
    return [...inside, ...observablesIn(around)]
  }
  return observablesIn(isObject(data.win) ? { ...body, data: { ...data, win: readableEvent(data.win) } } : body)
}
