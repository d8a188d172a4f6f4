import { stableMatch } from '../../../core/fingerprint.ts'
import {
  defaultSeverity,
  type Severity,
  severityFromName,
  severityFromPriority,
  severityFromRisk,
  severityFromWazuh,
} from '../../../core/severity.ts'
import type { JsonObject } from '../json-object.ts'
import { textAt, textsAt } from './field-walk.ts'
import { observablesIn } from './found.ts'
import { type Mapped, rejected, type SourceMapper } from './mapped.ts'
import { numberOf } from './severity-said.ts'
import { behindVigiaKeys, vigiaKeysOf } from './vigia-keys.ts'

const rule = ['rule_name', 'rule_param_name', 'ruleName', 'rule.name', 'kibana.alert.rule.name']
const happened = ['event.action', 'message', 'event.dataset']
const description = [
  ...['rule_param_description', 'kibana.alert.reason', 'message', 'full_log', 'event.original', 'url.original'],
  'rule.description',
]
const priority = ['rule_param_priority', 'priority']
const named = ['rule_param_severity', 'kibana.alert.severity']
const risk = ['kibana.alert.risk_score']
const level = ['rule.level']
const tags = ['rule_param_tags', 'tags', 'threat.technique.id', 'threat.tactic.id']
const techniques = [
  ...['rule_param_techniques', 'rule_param_mitre', 'threat.technique.id', 'threat.technique.subtechnique.id'],
  ...['kibana.alert.rule.threat.technique.id', 'kibana.alert.rule.threat.technique.subtechnique.id', 'rule.mitre.id'],
]
const ruleIds = ['sigma_id', 'rule_param_sigma_id', 'rule_param_id', 'rule.id', 'kibana.alert.rule.rule_id']
const references = ['rule_param_references', 'rule_param_reference', 'rule.reference', 'kibana.alert.rule.references']
/** Which field of the document a rule of the type `new_term` fired for: it fires once for each. */
const newTerm = ['new_field', 'missing_field']
const eventTime = ['@timestamp']
const externalLink = ['kibana_discover_url', 'opensearch_discover_url']

export const elastAlertPost: SourceMapper = {
  kind: 'elastalert-post',
  what: 'matches of ElastAlert2, as its alerters `post`, `post2` and `command` send them',
  fits: body => 'num_hits' in body && ('num_matches' in body || '_index' in body || 'rule_param_name' in body),
  fields: behindVigiaKeys({
    title: [...rule, ...happened],
    description,
    severity: [...priority, ...named, ...risk, ...level],
    eventTime,
    sourceRef: ['<rule, _index and _id, with new_field or missing_field>', '_id'],
    rule,
    ruleIds,
    techniques,
    references,
    tags,
    externalLink,
    observables: ['<fields of known names>', '<every other text>'],
  }),
  map: mapElastAlertPost,
}

/**
 * A match as ElastAlert2's `post`, `post2` and `command` send it: the document, its `_id` and `_index`, counters, and what
 * the rule adds. The rule's name is there only where the rule adds it. Contract sources 5.2 to 5.5.
 */
export function mapElastAlertPost(body: JsonObject, source: string): Mapped {
  const own = vigiaKeysOf(body)
  if (own.problems.length > 0) return rejected(own.problems)
  const name = own.rule ?? textAt(body, rule) ?? null
  const [index, id] = [textAt(body, ['_index']), textAt(body, ['_id'])]
  // A document can match several rules: without the rule's name, index and id do not name the alert.
  const natural = index && id && name ? [name, index, id, ...textsAt(body, newTerm)].join('|') : undefined
  return {
    outcome: 'alert',
    alert: {
      source: own.source ?? source,
      type: own.type ?? 'elastalert',
      sourceRef: own.ref ?? natural ?? id ?? '',
      chosenRef: (own.ref ?? natural) !== undefined,
      title: own.title ?? name ?? textAt(body, happened) ?? 'ElastAlert match',
      description: own.description ?? textAt(body, description) ?? '',
      severity: own.severity ?? severityOf(body),
      tags: [...textsAt(body, tags), ...own.tags],
      tlp: own.tlp,
      pap: own.pap,
      eventTime: textAt(body, eventTime),
      externalLink: own.link ?? textAt(body, externalLink) ?? null,
      rule: name,
      techniques: textsAt(body, techniques),
      ruleIds: textsAt(body, ruleIds),
      references: textsAt(body, references),
      observables: observablesIn(body),
      content: stableMatch(body),
    },
  }
}

/** What the rule says; else what the document says, where it is an alert of Elastic Security or of Wazuh itself. */
function severityOf(body: JsonObject): Severity {
  return (
    severityFromPriority(numberOf(textAt(body, priority))) ??
    severityFromName(textAt(body, named)) ??
    severityFromRisk(numberOf(textAt(body, risk))) ??
    severityFromWazuh(numberOf(textAt(body, level))) ??
    defaultSeverity
  )
}
