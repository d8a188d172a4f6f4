import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Figures } from './item.ts'
import { ratioOf } from './ratio.ts'

/**
 * What is wanted, where that is not reached on every machine or not yet: told each time, so that nobody takes the bound for it. The bound
 * is what must not get worse, whoever else is on the machine.
 */
const aim = z.number().optional()

/** What must be reached, in `targets.json` beside the benchmark: a figure itself, or its ratio to another item's. */
const target = z.union([
  z.strictObject({
    item: z.string(),
    figure: z.enum(['perSecond', 'cpuMicros']),
    /** The ratio is to the same figure of this item; higher is better. */
    against: z.string(),
    atLeast: z.number(),
    aim,
  }),
  z.strictObject({ item: z.string(), figure: z.string(), atLeast: z.number(), aim }),
  z.strictObject({ item: z.string(), figure: z.string(), atMost: z.number(), aim }),
])

export type Target = z.infer<typeof target>

export type Judged = {
  readonly target: Target
  /** Undefined: not measured, which is not held. */
  readonly value: number | undefined
  readonly held: boolean
  /** The aim as well, where there is one. */
  readonly aimed: boolean
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
    const held = value !== undefined && isWithin(value, each, 'atMost' in each ? each.atMost : each.atLeast)
    const bound = 'atMost' in each ? `at most ${each.atMost}` : `at least ${each.atLeast}`
    const what = `${each.item}: ${each.figure}${'against' in each ? ` against ${each.against}` : ''}`
    const is = value === undefined ? 'was not measured' : `is ${Number(value.toPrecision(3))}`
    const isAimed = each.aim === undefined || value === undefined || isWithin(value, each, each.aim)
    const aimed = isAimed ? '' : `; its aim, ${each.aim}, is not reached`
    return { target: each, value, held, aimed: held && isAimed, sentence: `${what} ${is}, must be ${bound}${aimed}` }
  })
}

function isWithin(value: number, target: Target, bound: number): boolean {
  return 'atMost' in target ? value <= bound : value >= bound
}

function reached(target: Target, found: ReadonlyMap<string, Figures>): number | undefined {
  const of = found.get(target.item)
  return 'against' in target ? ratioOf(target.figure, of, found.get(target.against)) : of?.[target.figure]
}
