import { processRunner } from '../../adapters/neurons/process-runner.ts'
import { notifierFor } from '../../adapters/notify/route.ts'
import type { Service } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import { analyzerDispatcher } from '../../services/analyzer-dispatcher/topology.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { mispSync } from '../../services/misp-sync/topology.ts'
import { loadPlaybooks } from '../../services/responder/playbook/load.ts'
import { responder } from '../../services/responder/topology.ts'
import { connect } from '../connection.ts'
import { readAll } from '../ledger/read-ledger.ts'
import { table, timeText } from '../table.ts'
import type { Verb } from '../verb.ts'
import { lagsOf, type StageLag } from './lag.ts'
import { type SourceCount, sourceCounts } from './source-counts.ts'

/** How far each stage is behind, and what came from each source; read from the topics and offsets alone. */
export const status: Verb = {
  name: 'status',
  usage: '',
  summary: 'how far each stage is behind, and when each source was last seen',
  async run(_positionals, flags, io) {
    const connection = await connect(flags, io.env)
    try {
      const { log, codec, prefix } = connection
      const stages = await lagsOf(log, prefix, services())
      const alerts = (await readAll(log, codec, prefix, topics.alerts)).map(each => each.value)
      const sources = sourceCounts(alerts, Date.now())
      io.out(flags.json === true ? JSON.stringify({ stages, sources }) : statusText(stages, sources))
      return 0
    } finally {
      await connection.close()
    }
  },
}

/** The stages and what they read do not hang on how a service is configured. */
function services(): readonly Service[] {
  return [
    ingest(ingestRulesOf()),
    caseBuilder(),
    analyzerDispatcher([], processRunner({ analyzers: [], env: {} })),
    mispSync([]),
    responder(loadPlaybooks([], []), notifierFor([])),
  ]
}

function statusText(stages: readonly StageLag[], sources: readonly SourceCount[]): string {
  const stageRows = stages.map(({ stage, input, lag, oldestAt }) => [
    ...[stage, input, String(lag), oldestAt === null ? '-' : timeText(oldestAt)],
  ])
  const sourceRows = sources.map(each => [
    ...[each.source, String(each.alerts), String(each.refused), String(each.suppressed), String(each.lastHour)],
    timeText(each.lastSeenAt),
  ])
  return [
    table(['STAGE', 'INPUT', 'LAG', 'OLDEST PENDING'], stageRows),
    '',
    table(['SOURCE', 'ALERTS', 'REFUSED', 'SUPPRESSED', 'LAST HOUR', 'LAST SEEN'], sourceRows),
  ].join('\n')
}
