import { type DeadLetterEntry, stateOf } from './dead-letter.ts'
import type { DeadLetters } from './read-dead-letters.ts'

/** Which dead letters are meant; `limit`: so many of them, the youngest. */
export type Choice = {
  readonly code?: string | undefined
  readonly source?: string | undefined
  readonly tenant?: string | undefined
  readonly limit?: number | undefined
  /** Only those that nothing has come of yet. */
  readonly isOpen?: boolean
}

/** The youngest first. */
export function chosenBy(letters: DeadLetters, choice: Choice): readonly DeadLetterEntry[] {
  const { code, source, tenant, limit, isOpen = false } = choice
  return letters.entries
    .filter(
      each =>
        (code === undefined || each.code === code) &&
        (source === undefined || sourceOf(each, letters) === source) &&
        (tenant === undefined || each.tenant === tenant) &&
        (!isOpen || stateOf(each, letters.tries) === 'open'),
    )
    .toSorted((a, b) => b.at - a.at)
    .slice(0, limit)
}

export function sourceOf(entry: DeadLetterEntry, { sources }: DeadLetters): string | null {
  return sources.get(entry.causeId) ?? entry.declared
}
