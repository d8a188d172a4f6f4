import { table } from '../../../cli/table.ts'
import type { Result } from './result.ts'

export type Summary = {
  readonly held: boolean
  /** For people: one line for each promise, what breaks it below. */
  readonly table: string
  /** For programs: the results as they are. */
  readonly json: string
}

export function summary(results: readonly Result[]): Summary {
  const held = results.every(result => result.held)
  const rows = results.map(({ name, held: kept, figures }) => [
    kept ? 'held' : 'BROKEN',
    name,
    Object.entries(figures)
      .map(([what, count]) => `${what} ${count}`)
      .join(', '),
  ])
  const broken = results.flatMap(({ name, findings, figures }) => {
    const left = (figures.findings ?? findings.length) - findings.length
    const lines = [...findings, ...(left > 0 ? [`and ${left} more`] : [])]
    return findings.length === 0 ? [] : ['', `${name}:`, ...lines.map(line => `  ${line}`)]
  })
  const all = [table(['', 'promise', 'figures'], rows), ...broken]
  return { held, table: all.join('\n'), json: JSON.stringify({ held, results }, null, 2) }
}
