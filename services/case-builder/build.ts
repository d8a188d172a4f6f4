import { readWarninglists } from '../../adapters/misp/warninglist-folder.ts'
import { markerOf } from '../../core/observable/marker.ts'
import type { Settings } from '../../core/settings.ts'
import type { Service } from '../../runtime/stage.ts'
import { defaultCaseRules } from './rules.ts'
import { caseBuilder } from './topology.ts'

/** The service from its settings: what an analysis finds is marked as ingest marks what an alert says. */
export function buildCaseBuilder(settings: Settings): Service {
  const marker = markerOf({
    ownNetworks: settings.VIGIA_OWN_NETWORKS,
    ownDomains: settings.VIGIA_OWN_DOMAINS,
    warninglists: settings.VIGIA_WARNINGLISTS === undefined ? [] : readWarninglists(settings.VIGIA_WARNINGLISTS),
  })
  return caseBuilder({ ...defaultCaseRules, marker })
}
