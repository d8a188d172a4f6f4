import { createHash } from 'node:crypto'
import type { AnalyzerPort, AnalyzerReport } from '../../adapters/neurons/analyzer.ts'
import { messageOf } from '../../core/errors.ts'
import { normalise } from '../../core/observable/normalise.ts'
import type { ObservableType } from '../../core/observable/types.ts'
import type { Pap, Tlp } from '../../core/tlp.ts'
import { scoreOf, verdictOf } from '../../core/verdict.ts'
import { type Decision, emission, nothing } from '../../runtime/decision.ts'
import type { Performs } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { JobRecord } from '../../schemas/generated/types.ts'
import { gateFor, type PlannedAnalyzer, typeFor } from './plan.ts'

/** Reports over this size are not carried through Kafka; the record holds their hash. */
const largestReport = 256 * 1024
const mostArtifacts = 100

/** A `verdict` replaces what the levels of a neuron say, where they cannot be taken at face value. */
export type RunnableAnalyzer = PlannedAnalyzer & { readonly verdicts?: Readonly<Record<string, string>> }

/** Runs one analysis. Idempotent by definition: after a crash it is run again, unless its result is recorded. */
export function runJob(
  analyzers: readonly RunnableAnalyzer[],
  port: AnalyzerPort,
  concurrency: number,
): Performs<never, JobRecord, AnalyzerReport> {
  const byId = new Map(analyzers.map(each => [each.id, each]))
  return {
    concurrency,
    lane: event => (event.kind === 'job' ? `${event.job.analyzer}|${event.job.type}|${event.job.value}` : event.id),
    begin(_state, event, context) {
      if (event.kind !== 'job') return { perform: false, decision: nothing }
      const { analyzer: id, type, value, notAfter, flags } = event.job
      const analyzer = byId.get(id)
      if (analyzer === undefined) return ends(event, id, 'failed', 'this analyzer is not enabled any more')
      if (context.now > notAfter) return ends(event, analyzer.name, 'expired', 'not run before its time was over')
      const gate = gateFor(analyzer, event.tlp, event.pap, flags)
      if (gate.allowed) return { perform: true, decision: nothing }
      const refusal = { analyzer: id, name: analyzer.name, type, value, reason: gate.reason, says: gate.says }
      return { perform: false, decision: one(event, { kind: 'refusal', refusal }) }
    },
    async perform(event, signal) {
      if (event.kind !== 'job') throw new Error('no job')
      const { analyzer, type, value } = event.job
      const known = byId.get(analyzer)
      const dataType = (known === undefined ? undefined : typeFor(known, type)) ?? type
      return port.run({ analyzer, dataType, value, tlp: event.tlp as Tlp, pap: event.pap as Pap }, signal)
    },
    failed: (_event, error) => ({ success: false, errorMessage: messageOf(error), reason: 'failed' }),
    finish(_state, event, outcome) {
      if (event.kind !== 'job') return nothing
      const { analyzer: id, configHash, type, value } = event.job
      const analyzer = byId.get(id)
      const name = analyzer?.name ?? id
      if (!outcome.success) return ends(event, name, outcome.reason, outcome.errorMessage).decision
      const text = JSON.stringify(outcome.full)
      const taxonomies = outcome.taxonomies
      const report = {
        ...{ jobId: event.id, analyzer: id, name, configHash, type, value, taxonomies },
        verdict: verdictOf(taxonomies, analyzer?.verdicts),
        score: scoreOf(taxonomies, analyzer?.verdicts),
        artifacts: artifactsOf(outcome.artifacts),
        report: Buffer.byteLength(text) > largestReport ? '' : text,
        reportHash: createHash('sha256').update(text).digest('hex'),
      }
      return one(event, { kind: 'report', report })
    },
  }
}

type Found = Extract<AnalyzerReport, { success: true }>['artifacts'][number]

function artifactsOf(
  found: readonly Found[],
): { type: string; value: string; tags: readonly string[]; tlp: string | null }[] {
  return found.slice(0, mostArtifacts).flatMap(each => {
    const normal = normalise(each.dataType as ObservableType, each.data)
    return normal === undefined ? [] : [{ ...normal, tags: each.tags, tlp: each.tlp }]
  })
}

function ends(
  event: JobRecord & { kind: 'job' },
  name: string,
  reason: string,
  says: string,
): { readonly perform: false; readonly decision: Decision } {
  const { analyzer, type, value } = event.job
  const failure = { jobId: event.id, analyzer, name, type, value, reason, says: says.slice(0, 2000) }
  return { perform: false, decision: one(event, { kind: 'failure', failure }) }
}

function one(
  event: JobRecord & { kind: 'job' },
  draft: Parameters<
    typeof emission<typeof topics.analysisResults extends { value?: infer V } ? NonNullable<V> : never>
  >[2],
): Decision {
  const { type, value } = event.job
  return { writes: [emission(topics.analysisResults, `${event.domain}#${type}|${value}`, draft)], remembers: [] }
}
