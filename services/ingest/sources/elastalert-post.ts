import { stableMatch } from '../../../core/fingerprint.ts'
import { defaultSeverity, severityFromPriority } from '../../../core/severity.ts'
import type { JsonObject } from '../json-object.ts'
import { textAt, textsAt } from './field-walk.ts'
import { observablesIn } from './found.ts'
import { type Mapped, rejected } from './mapped.ts'
import { numberOf } from './severity-said.ts'
import { vigiaKeysOf } from './vigia-keys.ts'

const priorities = ['rule_param_priority', 'priority']
const ruleNames = ['rule_name', 'rule_param_name', 'ruleName', 'rule.name', 'kibana.alert.rule.name']

/**
 * A match as ElastAlert2's `post`, `post2` and `command` send it: the document, its `_id` and `_index`, counters, and what
 * the rule adds. The rule's name is there only where the rule adds it. Contract sources 5.2 to 5.5.
 */
export function mapElastAlertPost(body: JsonObject, source: string): Mapped {
  const own = vigiaKeysOf(body)
  if (own.problems.length > 0) return rejected(own.problems)
  const rule = own.rule ?? textAt(body, ruleNames) ?? null
  const [index, id] = [textAt(body, ['_index']), textAt(body, ['_id'])]
  // A document can match several rules: without the rule's name, index and id do not name the alert.
  const natural = index && id && rule ? `${rule}|${index}|${id}` : undefined
  return {
    outcome: 'alert',
    alert: {
      source: own.source ?? source,
      type: own.type ?? 'elastalert',
      sourceRef: own.ref ?? natural ?? id ?? '',
      chosenRef: (own.ref ?? natural) !== undefined,
      title: own.title ?? rule ?? textAt(body, ['event.action', 'message', 'event.dataset']) ?? 'ElastAlert match',
      description:
        own.description ?? textAt(body, ['rule_param_description', 'message', 'event.original', 'url.original']) ?? '',
      severity: own.severity ?? severityFromPriority(numberOf(textAt(body, priorities))) ?? defaultSeverity,
      tags: [...textsAt(body, ['rule_param_tags', 'tags', 'threat.technique.id', 'threat.tactic.id']), ...own.tags],
      tlp: own.tlp,
      pap: own.pap,
      eventTime: textAt(body, ['@timestamp']),
      externalLink: own.link ?? textAt(body, ['kibana_discover_url', 'opensearch_discover_url']) ?? null,
      rule,
      techniques: textsAt(body, ['threat.technique.id', 'rule_param_techniques']),
      ruleIds: textsAt(body, ['sigma_id', 'rule_param_sigma_id', 'rule.id']),
      references: textsAt(body, ['rule_param_references', 'rule.reference']),
      observables: observablesIn(body),
      content: stableMatch(body),
    },
  }
}
