import type { AnalyzerPort, AnalyzerReport } from '../../adapters/neurons/analyzer.ts'
import { digest } from '../../core/ids.ts'
import { service, stage } from '../../runtime/stage.ts'
import { states, topics } from '../../schemas/catalogue.ts'
import { planAnalyses } from './plan.ts'
import { type RunnableAnalyzer, runJob } from './run-job.ts'

/** Plans which analyzers look at an observable, and runs them beside the stream. */
export function analyzerDispatcher(analyzers: readonly RunnableAnalyzer[], port: AnalyzerPort, concurrency = 4) {
  const content = JSON.stringify(analyzers)
  return service('analyzer-dispatcher', {
    plan: stage({
      reads: { observable: topics.observables },
      remembers: states.dispatcherPlan,
      writes: [topics.analysisJobs, topics.analysisResults],
      on: { observable: (state, event, context) => planAnalyses(analyzers, state, event, context) },
      rules: { hash: digest(['analyzers', content]), content },
    }),
    run: stage<{ job: typeof topics.analysisJobs }, never, AnalyzerReport>({
      reads: { job: topics.analysisJobs },
      writes: [topics.analysisResults],
      on: {},
      performs: { job: runJob(analyzers, port, concurrency) },
    }),
  })
}
