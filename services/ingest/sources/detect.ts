import { isChosenRef } from '../../../core/fingerprint.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { mapElastAlertHive } from './elastalert-hive.ts'
import { mapElastAlertPost } from './elastalert-post.ts'
import { mapGeneric } from './generic.ts'
import type { Kind } from './kind.ts'
import type { Mapper } from './mapped.ts'
import { mapSuricata } from './suricata.ts'
import { mapTheHive } from './thehive.ts'

export const mappers: Readonly<Record<Kind, Mapper>> = {
  'elastalert-hive': mapElastAlertHive,
  'elastalert-post': mapElastAlertPost,
  thehive: mapTheHive,
  suricata: mapSuricata,
  generic: mapGeneric,
}

/** The kind of an alert from an undeclared source, by its shape; `generic` where nothing else fits. */
export function kindOfShape(body: JsonObject): Kind {
  if (isElastAlertMatch(body)) return 'elastalert-post'
  if (isEve(body)) return 'suricata'
  if (!isTheHive(body)) return 'generic'
  return isElastAlertHive(body) ? 'elastalert-hive' : 'thehive'
}

/** ElastAlert2 speaks TheHive's protocol with quirks, also where a source is declared to be a TheHive client. */
export function kindOfDeclared(kind: Kind, body: JsonObject): Kind {
  return kind === 'thehive' && isElastAlertHive(body) ? 'elastalert-hive' : kind
}

function isElastAlertMatch(body: JsonObject): boolean {
  return 'num_hits' in body && ('num_matches' in body || '_index' in body || 'rule_param_name' in body)
}

function isEve(body: JsonObject): boolean {
  if (typeof body.event_type !== 'string') return false
  return isObject(body.alert) || 'flow_id' in body || ('timestamp' in body && ('src_ip' in body || 'stats' in body))
}

/** By the names alone, so that a body with a missing or wrong field is still refused as what it is. */
function isTheHive(body: JsonObject): boolean {
  const marked = 'sourceRef' in body || Array.isArray(body.artifacts) || Array.isArray(body.observables)
  const named = ['title', 'type', 'source', 'description'].filter(name => name in body)
  return marked && named.length >= 2 && !isObject(body.source)
}

/** A random reference on each send, and artifacts that always carry `message` and `tags`. */
function isElastAlertHive(body: JsonObject): boolean {
  const { sourceRef } = body
  return typeof sourceRef === 'string' && sourceRef !== '' && !isChosenRef(sourceRef) && 'artifacts' in body
}
