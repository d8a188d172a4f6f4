import type { Random } from '../../../runtime/memory/random.ts'
import type { HoldPoint } from './messages.ts'

/** How one round goes. */
export type Shape = {
  readonly partition: number
  /** Where the zombie's transaction stands when it is stopped. */
  readonly at: HoldPoint
  /** Whether the new owner is held before or after it has restored its state. */
  readonly restored: boolean
  /**
   * When the zombie goes on: while the new owner is held (`in-window`); for a moment only, and again when the new owner has
   * gone on (`twice`); with the new owner (`together`); when the new owner has finished (`after`).
   */
  readonly wake: 'in-window' | 'twice' | 'together' | 'after'
  /** Whether the zombie hears nothing of its group until its heir has committed: no rebalance comes to anyone's help. */
  readonly deaf: boolean
  /** Records written to each partition of each input. */
  readonly records: number
}

const points: readonly HoldPoint[] = ['begun', 'announced', 'written', 'complete']
const wakes: readonly Shape['wake'][] = ['in-window', 'twice', 'in-window', 'together', 'after']

/** Every fourth round another point and every fifth another way to wake, so that few rounds meet all; the rest by chance. */
export function shapeOf(round: number, random: Random, partitions: number): Shape {
  return {
    partition: random.below(partitions),
    at: points[round % points.length] ?? 'written',
    restored: random.below(2) === 0,
    wake: wakes[round % wakes.length] ?? 'in-window',
    deaf: random.below(2) === 0,
    records: 1 + random.below(40),
  }
}
