import { type Egress, mayLeave } from '../../core/egress.ts'
import type { ObservableFlag } from '../../core/observable/types.ts'
import type { Pap, Tlp } from '../../core/tlp.ts'
import { type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { ObservableRecord, PlanState } from '../../schemas/generated/types.ts'

/** What the plan needs to know of an analyzer that is named in `analyzers.yaml`; none other ever runs. */
export type PlannedAnalyzer = {
  readonly id: string
  readonly name: string
  readonly dataTypes: readonly string[]
  readonly egress: Egress
  readonly maxTlp: Tlp
  readonly configHash: string
}

const hour = 60 * 60 * 1000
/** A job that could not be run for this long answers nobody any more. */
const notAfterMs = 24 * hour
/** 0: from an alert; 1: found by an analysis. What that one finds is analysed no further. */
const deepest = 1

/** Which analyzers look at an observable: those that take its type, may have it, and have not had it within the hour. */
export function planAnalyses(
  analyzers: readonly PlannedAnalyzer[],
  state: StateView<PlanState>,
  event: ObservableRecord,
  context: Context,
): Decision {
  const d = deciding(state)
  if (event.kind !== 'observable' || event.observable.depth > deepest) return d.decision()
  const { type, value, flags, depth } = event.observable
  for (const analyzer of analyzers.filter(each => typeFor(each, type) !== undefined)) {
    const gate = gateFor(analyzer, event.tlp, event.pap, flags)
    if (!gate.allowed) {
      const refusal = { analyzer: analyzer.id, name: analyzer.name, type, value, reason: gate.reason, says: gate.says }
      d.emit(topics.analysisResults, `${event.domain}#${type}|${value}`, { kind: 'refusal', refusal })
      continue
    }
    const asked = `${event.domain}|${analyzer.id}|${analyzer.configHash}|${type}|${value}`
    if (d.get('planned', asked) !== undefined) continue
    const job = {
      analyzer: analyzer.id,
      configHash: analyzer.configHash,
      type,
      value,
      flags,
      depth,
      notAfter: event.at + notAfterMs,
    }
    d.emit(topics.analysisJobs, `${analyzer.id}|${type}|${value}`, { kind: 'job', job })
    d.put('planned', asked, { jobId: event.id, at: context.now }, context.now + hour)
  }
  return d.decision()
}

/**
 * The type under which an analyzer takes an observable. We tell domain from fqdn by the labels; most analyzers take any
 * name as a domain, and only some list fqdn: those get it under the name that they know.
 */
export function typeFor({ dataTypes }: Pick<PlannedAnalyzer, 'dataTypes'>, type: string): string | undefined {
  if (dataTypes.includes(type)) return type
  return type === 'fqdn' && dataTypes.includes('domain') ? 'domain' : undefined
}

/** The law is core's; both the plan and the run ask it, so that no process starts for what may not leave. */
export function gateFor(
  analyzer: PlannedAnalyzer,
  tlp: string,
  pap: string,
  flags: readonly string[],
): ReturnType<typeof mayLeave> {
  const subject = { tlp: tlp as Tlp, pap: pap as Pap, flags: flags as readonly ObservableFlag[] }
  return mayLeave(subject, { egress: analyzer.egress, maxTlp: analyzer.maxTlp })
}
