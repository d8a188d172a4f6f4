/** What the runner and its workers say to one another, over the channel that comes with a forked process. */

/**
 * Where a transaction is held: before anything was sent (`begun`), with records announced but not written (`announced`), with
 * all records written but no offsets (`written`), with everything but its end (`complete`).
 */
export type HoldPoint = 'begun' | 'announced' | 'written' | 'complete'

export type Order =
  /**
   * The next transaction of the partition that reaches the point waits there, once. `deaf`: from then on the process also says
   * nothing to its group, so that it does not learn what it has lost.
   */
  | { readonly order: 'hold'; readonly partition: number; readonly at: HoldPoint; readonly deaf: boolean }
  /** The next `open` of the partition waits, once, before or after it has restored its state. */
  | { readonly order: 'hold-open'; readonly partition: number; readonly restored: boolean }
  | { readonly order: 'release'; readonly what: 'transaction' | 'open' | 'group' }
  | { readonly order: 'leave' }

/** `reign` counts the openings of one process. */
export type Report =
  | { readonly report: 'held'; readonly partition: number; readonly at: HoldPoint }
  /** The new owner is in its `open`: the fence and the offsets lie behind it. */
  | { readonly report: 'in-window'; readonly partition: number; readonly reign: number }
  | {
      readonly report: 'opened'
      readonly partition: number
      readonly reign: number
      readonly state: string
      readonly count: number
    }
  | { readonly report: 'committed'; readonly partition: number; readonly reign: number }
  | { readonly report: 'refused'; readonly partition: number; readonly reign: number; readonly code: string }
  | { readonly report: 'closed'; readonly partition: number; readonly reign: number; readonly reason: string }
  | { readonly report: 'ended'; readonly code: string; readonly reason: string }

/** How a worker is started: one JSON argument. */
export type WorkerSpec = {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly group: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly changelog: string
  readonly partitions: number
  readonly sessionTimeoutMs: number
  /** For the workers of the negative controls: what is wrong with their take-over. */
  readonly fault?: string
}
