import type { Tlp } from '../../core/tlp.ts'

/**
 * How far a source was read: opaque JSON text of at most 4 kB. The caller stores it with the page it came with, in one
 * transaction, and hands it back unchanged.
 */
export type Cursor = string

/** One observable value of one MISP attribute. A composite gives several, with the same uuid. */
export type MispIndicator = {
  readonly uuid: string
  /** Our observable type (core/observable), not MISP's. */
  readonly type: string
  /** Normalised by core/observable. */
  readonly value: string
  readonly mispType: string
  readonly eventUuid: string
  readonly eventInfo: string
  /** Name of the organisation that made the event; empty where the source does not say. */
  readonly orgc: string
  readonly toIds: boolean
  readonly published: boolean
  readonly deleted: boolean
  /** The highest of the tags on attribute and event; AMBER where there is none. */
  readonly tlp: Tlp
  /** Names of the tags of attribute and event, each once. */
  readonly tags: readonly string[]
  /** Epoch ms: the attribute's last change, by its author's clock. */
  readonly timestamp: number
  readonly comment: string
}

/** Values that became no indicator, counted by reason. */
export type Skipped = { readonly reason: string; readonly count: number }

/** A part of the source that could not be read and was passed over. `file` is a file name, or `cursor`. */
export type Problem = { readonly file: string; readonly cause: string }

export type Page = {
  readonly indicators: readonly MispIndicator[]
  readonly skipped: readonly Skipped[]
  readonly problems: readonly Problem[]
  /** What to store with this page. */
  readonly cursor: Cursor
  /** There is more to read now: call again at once. */
  readonly more: boolean
}

/**
 * A place that indicators are pulled from. Promises:
 * - at least once: a page that was read with a stored cursor is followed by all that came after it; whatever is delivered
 *   twice is delivered the same;
 * - a change (value, to_ids, deletion) comes with the same uuid and a later timestamp;
 * - what is withdrawn comes as an indicator with `deleted`, or without `toIds`: see `isLive`.
 *
 * Errors: VIG_NEIGHBOUR_UNAVAILABLE (try again; `retryAfterMs` in the details where known), VIG_NEIGHBOUR_REFUSED
 * (mend the key), VIG_REPLY_INVALID. The cursor of the failed call stays valid. An abort rejects with the signal's reason.
 */
export type IndicatorSource = {
  readonly name: string
  pull(cursor: Cursor | null, signal: AbortSignal): Promise<Page>
}

/** Whether an indicator is to be matched; one that is not withdraws what was known under its uuid. */
export function isLive(indicator: Pick<MispIndicator, 'toIds' | 'published' | 'deleted'>): boolean {
  return indicator.toIds && indicator.published && !indicator.deleted
}
