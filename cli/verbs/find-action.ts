import type { Action, ResponseEvent } from '../../schemas/generated/types.ts'
import { sentence } from '../explain/sentence.ts'

/** An action with the last that was told of it. */
export type KnownAction = {
  readonly actionId: string
  readonly domain: string
  /** The kind of its last event: planned, awaiting, approved, … */
  readonly status: ResponseEvent['kind']
  readonly at: number
  readonly says: string
  readonly action: Action
  /** Until when an approval counts, where one is waited for. */
  readonly expiresAt: number | null
}

/** Every action that these events tell of, the latest last; the events of one domain are in order. */
export function actionsOf(events: readonly ResponseEvent[]): readonly KnownAction[] {
  const latest = new Map<string, KnownAction>()
  for (const event of events) {
    const { action, domain, kind, at } = event
    if (action === null) continue
    const expiresAt = event.kind === 'awaiting' ? event.awaiting.expiresAt : null
    const known = { actionId: action.actionId, domain, status: kind, at, says: sentence(event), action, expiresAt }
    latest.set(`${domain}#${action.actionId}`, known)
  }
  return [...latest.values()].sort((a, b) => a.at - b.at)
}

/** By its id, or the id's first 4 hexadecimal digits or more, with or without `a-`. */
export function actionsNamed(name: string, actions: readonly KnownAction[]): readonly KnownAction[] {
  const id = name.replace(/^a-/, '').toLowerCase()
  return /^[0-9a-f]{4,}$/.test(id) ? actions.filter(each => each.actionId.startsWith(id)) : []
}
