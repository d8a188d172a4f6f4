import type { Figures } from './item.ts'

/** Figures that stand beside their ratio to the baseline; of a cost the ratio is turned round, so that higher is better. */
export const compared = { perSecond: 'rate', cpuMicros: 'cost' } as const

export type Compared = keyof typeof compared

/** How a figure stands to the same one of another item: 1 is equal, above is better. Undefined where one is missing. */
export function ratioOf(figure: Compared, of: Figures | undefined, to: Figures | undefined): number | undefined {
  const [mine, theirs] = [of?.[figure], to?.[figure]]
  if (mine === undefined || theirs === undefined) return undefined
  return compared[figure] === 'cost' ? theirs / mine : mine / theirs
}
