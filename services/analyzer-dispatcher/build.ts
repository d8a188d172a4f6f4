import { fileURLToPath } from 'node:url'
import { loadDefinitions } from '../../adapters/neurons/definition.ts'
import { type EnabledAnalyzer, loadAnalyzers } from '../../adapters/neurons/enabled.ts'
import { processRunner } from '../../adapters/neurons/process-runner.ts'
import type { Settings } from '../../core/settings.ts'
import type { Service } from '../../runtime/stage.ts'
import { atMost } from './at-most.ts'
import { jobRoot } from './job-root.ts'
import type { RunnableAnalyzer } from './run-job.ts'
import { analyzerDispatcher } from './topology.ts'

/** The neurons that ship: local lists, and MISP warninglists; both offline. */
export const shippedNeurons = fileURLToPath(new URL('../../adapters/neurons/shipped', import.meta.url))

/** The service from its settings. Without analyzers.yaml nothing runs: there is no default analyzer. */
export async function buildDispatcher(
  settings: Settings,
  say: (message: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Service> {
  const enabled = await enabledAnalyzers(settings, say, env)
  say(enabled.length === 0 ? 'no analyzer is enabled' : `analyzers: ${enabled.map(each => each.id).join(', ')}`)
  const parallel = new Map(enabled.map(each => [each.id, each.parallel]))
  const runner = processRunner({ analyzers: enabled, env, jobRoot: jobRoot() })
  return analyzerDispatcher(
    enabled.map(runnable),
    atMost(settings.VIGIA_ANALYSES_AT_ONCE, parallel, runner),
    settings.VIGIA_ANALYSES_AT_ONCE,
  )
}

async function enabledAnalyzers(
  settings: Settings,
  say: (message: string) => void,
  env: NodeJS.ProcessEnv,
): Promise<readonly EnabledAnalyzer[]> {
  const file = settings.VIGIA_ANALYZERS
  if (file === undefined) return []
  const { definitions, problems } = await loadDefinitions([shippedNeurons, ...settings.VIGIA_NEURONS])
  for (const problem of problems) say(`neuron passed over: ${problem.file}: ${problem.cause}`)
  return (await loadAnalyzers(file, definitions, env)).analyzers
}

/** What the plan may know: no configuration, no secret. */
function runnable({ id, name, dataTypes, egress, maxTlp, configHash, verdict }: EnabledAnalyzer): RunnableAnalyzer {
  return { id, name, dataTypes, egress, maxTlp, configHash, verdicts: verdict as Readonly<Record<string, string>> }
}
