/** What a checker says: whether the promise held, by which figures, and what breaks it (at most 20 of it; a figure says how many). */
export type Result = {
  readonly name: string
  readonly held: boolean
  readonly figures: Readonly<Record<string, number>>
  readonly findings: readonly string[]
}

const mostFindings = 20

/** What goes wrong is counted to the end, and told up to a bound: a broken run breaks everywhere. */
export type Findings = { add(finding: string): void; result(name: string, figures: Record<string, number>): Result }

export function findings(): Findings {
  const told: string[] = []
  let count = 0
  return {
    add(finding) {
      count += 1
      if (told.length < mostFindings) told.push(finding)
    },
    result: (name, figures) => ({ name, held: count === 0, figures: { ...figures, findings: count }, findings: told }),
  }
}
