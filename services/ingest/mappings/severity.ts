import { defaultSeverity, type Severity } from '../../../core/severity.ts'
import { numberOf, severitySaid } from '../sources/severity-said.ts'
import type { SeverityTable } from './format.ts'
import type { Scope } from './path.ts'
import { textsOf } from './said.ts'

/**
 * The severity that the first path with a meaning says: by the table (in any case), then by the bands, each from its
 * number on. Without table and bands, words and numbers mean what they mean everywhere.
 */
export function severityBy(given: SeverityTable | undefined): (scopes: readonly Scope[]) => Severity {
  if (given === undefined) return () => defaultSeverity
  const table = new Map(Object.entries(given.table ?? {}).map(([word, severity]) => [word.toLowerCase(), severity]))
  const bands = (given.bands ?? []).toSorted(([left], [right]) => right - left)
  const isPlain = given.table === undefined && given.bands === undefined
  const meaningOf = (text: string): Severity | undefined => {
    const named = table.get(text.toLowerCase())
    if (named !== undefined || isPlain) return named ?? severitySaid(text)
    const number = numberOf(text)
    return number === undefined ? undefined : bands.find(([least]) => number >= least)?.[1]
  }
  return scopes => {
    for (const path of given.from ?? []) {
      for (const { value } of path.places(scopes)) {
        for (const text of textsOf(value)) {
          const severity = meaningOf(text)
          if (severity !== undefined) return severity
        }
      }
    }
    return given.default ?? defaultSeverity
  }
}
