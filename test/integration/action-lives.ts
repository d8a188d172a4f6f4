import type { Action, ResponseEvent } from '../../schemas/generated/types.ts'

/** What the record says of one action: its kinds in order. */
export type Life = { readonly action: Action; readonly kinds: readonly string[] }

const last = ['done', 'failed', 'unknown', 'expired', 'digested', 'rejected']

export function livesOf(responses: readonly ResponseEvent[]): readonly Life[] {
  const lives = new Map<string, { action: Action; kinds: string[] }>()
  for (const { action, kind } of responses) {
    if (action === null) continue
    const life = lives.get(action.actionId) ?? { action, kinds: [] }
    life.kinds.push(kind)
    lives.set(action.actionId, life)
  }
  return [...lives.values()]
}

/** The one final state, `awaiting`, or what is wrong: under way still, or ended more than once. */
export function endOf({ kinds }: Life): string {
  const ends = kinds.filter(kind => last.includes(kind))
  if (ends.length > 1) return `ended as ${ends.join(' and ')}`
  if (ends[0] !== undefined) return ends[0]
  return kinds.at(-1) === 'awaiting' ? 'awaiting' : `under way: ${kinds.join(', ')}`
}
