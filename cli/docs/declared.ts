import type { Service } from '../../runtime/stage.ts'
import { analyzerDispatcher } from '../../services/analyzer-dispatcher/topology.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { mirror } from '../../services/mirror/topology.ts'
import { mispSync } from '../../services/misp-sync/topology.ts'
import { loadPlaybooks } from '../../services/responder/playbook/load.ts'
import { responder } from '../../services/responder/topology.ts'

/** What the services declare, for what is generated from it: nothing in them can be run. */
const notRun = () => Promise.reject(new Error('not run'))
const nothing = { run: notRun, send: notRun }

/** `ingest` twice: as it is, and as the instance that hosts the API. */
export const ingestAlone = ingest(ingestRulesOf())
export const ingestWithApi = ingest(ingestRulesOf(), notRun)

export const declaredServices: readonly Service[] = [
  ingestWithApi,
  caseBuilder(),
  analyzerDispatcher([], nothing),
  mispSync([{ source: { name: 'none', pull: notRun }, scope: 'shared' }]),
  responder(loadPlaybooks([], []), nothing),
  mirror(),
]

/** As they are where the API is a principal of its own. */
export const servicesApart: readonly Service[] = declaredServices.map(service =>
  service === ingestWithApi ? ingestAlone : service,
)
