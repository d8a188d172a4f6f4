import type { Egress } from '../../core/egress.ts'
import type { AnalyzerJob, AnalyzerPort, AnalyzerReport, Taxonomy } from './analyzer.ts'
import { failure } from './report.ts'

/** How a fake analyzer answers: a report, or a function that may take its time and heed the signal. */
export type FakeAnswer =
  | AnalyzerReport
  | ((job: AnalyzerJob, signal: AbortSignal) => AnalyzerReport | Promise<AnalyzerReport>)

export type FakeAnalyzers = AnalyzerPort & {
  /** Every job that was started, in order; a refused one is not among them. */
  readonly jobs: readonly AnalyzerJob[]
}

/**
 * Analyzers in memory, by id, for tests of what uses the port. They keep to the contract of the port: one that is not
 * there fails, TLP:RED does not reach one with egress, and a raised signal ends the job, whatever the answer does.
 */
export function fakeAnalyzers(
  answers: Readonly<Record<string, { egress?: Egress; answer: FakeAnswer }>>,
): FakeAnalyzers {
  const jobs: AnalyzerJob[] = []
  return {
    jobs,
    run: async (job, signal) => {
      const fake = answers[job.analyzer]
      if (!fake) return failure('failed', `${job.analyzer} is not enabled here`)
      const egress = fake.egress ?? 'none'
      if (job.tlp === 'RED' && egress !== 'none') return failure('failed', `TLP:RED never leaves: egress ${egress}`)
      if (signal.aborted) return failure('aborted', 'it was stopped before it began')
      jobs.push(job)
      const { answer } = fake
      if (typeof answer !== 'function') return answer
      return Promise.race([answered(answer, job, signal), aborted(signal)])
    },
  }
}

/** A report that found nothing but these taxonomies. */
export function fakeReport(...taxonomies: Partial<Taxonomy>[]): AnalyzerReport {
  return {
    success: true,
    taxonomies: taxonomies.map(given => ({ level: 'info', namespace: 'Fake', predicate: 'Says', value: '', ...given })),
    artifacts: [],
    full: {},
    operations: [],
  }
}

async function answered(
  answer: (job: AnalyzerJob, signal: AbortSignal) => AnalyzerReport | Promise<AnalyzerReport>,
  job: AnalyzerJob,
  signal: AbortSignal,
): Promise<AnalyzerReport> {
  try {
    return await answer(job, signal)
  } catch (error) {
    return failure('crashed', String(error))
  }
}

function aborted(signal: AbortSignal): Promise<AnalyzerReport> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(failure('aborted', 'it was stopped')), { once: true })
  })
}
