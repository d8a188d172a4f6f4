import { processRunner } from '../../adapters/neurons/process-runner.ts'
import { notifierFor } from '../../adapters/notify/route.ts'
import type { Service } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import { analyzerDispatcher } from '../../services/analyzer-dispatcher/topology.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { mirror } from '../../services/mirror/topology.ts'
import { mispSync } from '../../services/misp-sync/topology.ts'
import { loadPlaybooks } from '../../services/responder/playbook/load.ts'
import { responder } from '../../services/responder/topology.ts'
import { type Connection, connect } from '../connection.ts'
import { eventsOf } from '../ledger/read-ledger.ts'
import { type SourceFacts, sourceBook } from '../ledger/sources.ts'
import { ageText, table, timeText } from '../table.ts'
import type { Verb } from '../verb.ts'
import { hasCommitted, lagsOf, type StageLag } from './lag.ts'

/** More than anyone reads; senders name their sources. */
const mostSources = 1000

/** How far each stage is behind, and what came from each source; read from the topics and offsets alone. */
export const status: Verb = {
  name: 'status',
  usage: '',
  summary: 'how far each stage is behind; when each source was last seen, how much it sends, and whether it is silent',
  async run(_positionals, flags, io) {
    const connection = await connect(flags, io.env)
    try {
      const stages = await stagesOf(connection)
      const sources = await sourcesOf(connection, Date.now())
      io.out(flags.json === true ? JSON.stringify({ stages, sources }) : statusText(stages, sources))
      return 0
    } finally {
      await connection.close()
    }
  },
}

/** How far each stage is behind; those of the mirror only where it has ever run, since it may be left out. */
export async function stagesOf({ log, prefix }: Pick<Connection, 'log' | 'prefix'>): Promise<readonly StageLag[]> {
  const optional = mirror()
  const isRun = await hasCommitted(log, prefix, optional)
  return lagsOf(log, prefix, isRun ? [...services(), optional] : services())
}

/** What is known of each source from the alerts that are still there, and from what kept them out of the cases. */
export async function sourcesOf(
  { log, codec, prefix }: Pick<Connection, 'log' | 'codec' | 'prefix'>,
  now: number,
): Promise<readonly SourceFacts[]> {
  const book = sourceBook(mostSources)
  let first = Number.POSITIVE_INFINITY
  for await (const { value } of eventsOf(log, codec, prefix, topics.alerts)) {
    first = Math.min(first, value.at)
    book.see(value)
  }
  if (first === Number.POSITIVE_INFINITY) return []
  for await (const { value } of eventsOf(log, codec, prefix, topics.caseEvents, { time: first })) book.suppress(value)
  return book.list(now)
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

function statusText(stages: readonly StageLag[], sources: readonly SourceFacts[]): string {
  const now = Date.now()
  const stageRows = stages.map(({ stage, input, lag, oldestAt }) => [
    ...[stage, input, String(lag), oldestAt === null ? '-' : `${timeText(oldestAt)}, ${ageText(now - oldestAt)}`],
  ])
  const sourceRows = sources.map(each => [
    ...[each.source, each.tenant, timeText(each.lastSeenAt), String(each.lastHour)],
    each.usualGapMs === null ? '-' : ageText(each.usualGapMs),
    ...[String(each.alerts), String(each.refused), String(each.suppressed)],
    each.silent ? `yes, for ${ageText(now - each.lastSeenAt)}` : each.usualGapMs === null ? '-' : 'no',
  ])
  const head = ['SOURCE', 'TENANT', 'LAST SEEN', 'LAST HOUR', 'USUAL GAP', 'ALERTS', 'REFUSED', 'SUPPRESSED', 'SILENT']
  return [table(['STAGE', 'INPUT', 'LAG', 'OLDEST PENDING'], stageRows), '', table(head, sourceRows)].join('\n')
}
