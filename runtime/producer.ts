import type { Topic } from '../schemas/topic.ts'
import type { Draft } from './decision.ts'

export type AppendedAt = { readonly partition: number; readonly offset: number }

/**
 * What a stage that `serves` may do: put bytes on `alerts.raw`, or a typed event on a topic that the API writes.
 * Both resolve after the acknowledgement of all in-sync replicas and reject with `VIG_LOG_UNAVAILABLE` (the caller
 * answers 503) or `VIG_VALUE_TOO_LARGE` (413).
 */
export type Producer = {
  raw(value: Buffer, headers: Readonly<Record<string, Buffer>>): Promise<AppendedAt>
  /** `id` is the event id: the caller's own, so that a repeat has the same one. */
  event<Value>(topic: Topic<Value>, key: string, id: string, draft: Draft<Value>): Promise<AppendedAt>
}
