import type { JsonObject } from '../json-object.ts'
import { ecs } from './ecs.ts'
import { elastAlertHive, isElastAlertHive } from './elastalert-hive.ts'
import { elastAlertPost } from './elastalert-post.ts'
import { elasticSecurity } from './elastic-security.ts'
import { genericMapper } from './generic.ts'
import type { Kind } from './kind.ts'
import type { SourceMapper } from './mapped.ts'
import { suricata } from './suricata.ts'
import { theHive } from './thehive.ts'
import { wazuh } from './wazuh.ts'

export { genericMapper } from './generic.ts'

/**
 * In the order in which a document is offered to them: the first that it fits reads it. ECS is last, since many others
 * ship what they have inside it.
 */
export const codeMappers: readonly SourceMapper[] = [
  ...[elastAlertPost, suricata, elasticSecurity, wazuh, elastAlertHive, theHive],
  ecs,
]

/** The kind of an alert from an undeclared source, by its shape; `generic` where nothing else fits. */
export function kindOfShape(body: JsonObject): Kind {
  return (codeMappers.find(mapper => mapper.fits(body)) ?? genericMapper).kind
}

/** ElastAlert2 speaks TheHive's protocol with quirks, also where a source is declared to be a TheHive client. */
export function kindOfDeclared(kind: Kind, body: JsonObject): Kind {
  return kind === theHive.kind && isElastAlertHive(body) ? elastAlertHive.kind : kind
}
