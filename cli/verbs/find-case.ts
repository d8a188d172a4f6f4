import type { Case, CaseEvent } from '../../schemas/generated/types.ts'

export type KnownCase = Case & { readonly domain: string }

/** The cases as they stand after all of these events, in the order of their opening within each domain. */
export function casesOf(events: readonly CaseEvent[]): readonly KnownCase[] {
  const latest = new Map<string, KnownCase>()
  for (const { case: summary, domain } of events) {
    if (summary !== null) latest.set(`${domain}#${summary.caseId}`, { ...summary, domain })
  }
  return inOrder([...latest.values()])
}

export function inOrder(cases: readonly KnownCase[]): readonly KnownCase[] {
  return cases.toSorted((a, b) => a.domain.localeCompare(b.domain) || a.number - b.number)
}

/**
 * By its number (`#12` or `12`, which each domain counts for itself), its id, or the id's first 4 digits or more, with or
 * without `c-`. More than one where the name does not tell them apart.
 */
export function casesNamed(name: string, cases: readonly KnownCase[]): readonly KnownCase[] {
  const number = /^#?(\d+)$/.exec(name)?.[1]
  const numbered = number === undefined ? [] : cases.filter(each => each.number === Number(number))
  if (numbered.length > 0 || name.startsWith('#')) return numbered
  const id = name.replace(/^c-/, '')
  return /^[0-9a-f]{4,}$/.test(id) ? cases.filter(each => each.caseId.startsWith(id)) : []
}
