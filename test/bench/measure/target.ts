import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Figures } from './item.ts'
import { ratioOf } from './ratio.ts'

/** What must be reached, in `targets.json` beside the benchmark: a figure itself, or its ratio to another item's. */
const target = z.union([
  z.strictObject({
    item: z.string(),
    figure: z.enum(['perSecond', 'cpuMicros']),
    /** The ratio is to the same figure of this item; higher is better. */
    against: z.string(),
    atLeast: z.number(),
  }),
  z.strictObject({ item: z.string(), figure: z.string(), atLeast: z.number() }),
  z.strictObject({ item: z.string(), figure: z.string(), atMost: z.number() }),
])

export type Target = z.infer<typeof target>

export type Judged = {
  readonly target: Target
  /** Undefined: not measured, which is not held. */
  readonly value: number | undefined
  readonly held: boolean
  /** One line: what was asked and what was found. */
  readonly sentence: string
}

export function targetsFrom(text: string): readonly Target[] {
  return z.array(target).parse(JSON.parse(text))
}

export function readTargets(): readonly Target[] {
  return targetsFrom(readFileSync(new URL('../targets.json', import.meta.url), 'utf8'))
}

/** Every target against the medians of the items, by name. What was not measured is not held. */
export function judge(targets: readonly Target[], found: ReadonlyMap<string, Figures>): readonly Judged[] {
  return targets.map(each => {
    const value = reached(each, found)
    const held = value !== undefined && ('atMost' in each ? value <= each.atMost : value >= each.atLeast)
    const bound = 'atMost' in each ? `at most ${each.atMost}` : `at least ${each.atLeast}`
    const what = `${each.item}: ${each.figure}${'against' in each ? ` against ${each.against}` : ''}`
    const is = value === undefined ? 'was not measured' : `is ${Number(value.toPrecision(3))}`
    return { target: each, value, held, sentence: `${what} ${is}, must be ${bound}` }
  })
}

function reached(target: Target, found: ReadonlyMap<string, Figures>): number | undefined {
  const of = found.get(target.item)
  return 'against' in target ? ratioOf(target.figure, of, found.get(target.against)) : of?.[target.figure]
}
