import type { Pap, Tlp } from '../../core/tlp.ts'

/** What one observable is asked of one analyzer. `analyzer` is the id of an enabled analyzer (`Echo_1_0`). */
export type AnalyzerJob = {
  readonly analyzer: string
  readonly dataType: string
  readonly value: string
  readonly tlp: Tlp
  readonly pap: Pap
  readonly message?: string
  readonly parameters?: Readonly<Record<string, unknown>>
}

export type Level = 'info' | 'safe' | 'suspicious' | 'malicious'

/** One line of Cortex's short report: `namespace:predicate="value"`, coloured by its level. */
export type Taxonomy = {
  readonly level: Level
  readonly namespace: string
  readonly predicate: string
  readonly value: string
}

/** An observable that the analysis found. `tlp` null: it has that of the job. A file is named; its bytes are not kept. */
export type Artifact = {
  readonly dataType: string
  readonly data: string
  readonly tags: readonly string[]
  readonly tlp: Tlp | null
  readonly message: string
  /** Of a file artifact: sha256 of its bytes, lower-case hex. */
  readonly sha256?: string
}

type AnalyzerSuccess = {
  readonly success: true
  readonly taxonomies: readonly Taxonomy[]
  readonly artifacts: readonly Artifact[]
  /** The long report, a JSON object. */
  readonly full: unknown
  /** Objects with a `type`, as the analyzer gave them; nothing executes them here. */
  readonly operations: readonly unknown[]
  /** How many taxonomies, artifacts and operations were left out because they did not fit; absent when none. */
  readonly dropped?: number
}

/**
 * - `failed`: the analyzer says so itself, or may not do this job;
 * - `timeout`: it was stopped at its deadline;
 * - `crashed`: it did not start, or ended without output;
 * - `output-invalid`: its output is no report;
 * - `aborted`: the signal was raised.
 */
export type FailureReason = 'failed' | 'timeout' | 'crashed' | 'output-invalid' | 'aborted'

export type AnalyzerFailure = {
  readonly success: false
  readonly errorMessage: string
  readonly reason: FailureReason
}

export type AnalyzerReport = AnalyzerSuccess | AnalyzerFailure

/**
 * Something that analyses observables: Cortex neurons run here, a Cortex server, or a fake.
 * TLP, PAP and private addresses are gated before this port is called; an implementation refuses TLP:RED for an
 * analyzer that has egress once more, as a second line.
 */
export type AnalyzerPort = {
  /**
   * Runs one job to its end. It does not reject for anything that the analyzer does: every such outcome is a report.
   * When `signal` is raised the analysis is stopped with all that it started, and the report says `aborted`.
   */
  readonly run: (job: AnalyzerJob, signal: AbortSignal) => Promise<AnalyzerReport>
}
