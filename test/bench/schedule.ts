import { randomBytes } from 'node:crypto'
import { type AskOptions, ask } from './ask.ts'
import { loadItem } from './items.ts'
import type { BenchContext, Item } from './measure/item.ts'
import type { Measured } from './report.ts'

export type Schedule = {
  readonly names: readonly string[]
  readonly repetitions: number
  readonly context: Omit<BenchContext, 'prefix' | 'shared' | 'repetition'>
  readonly profile: string | undefined
  readonly progress: (line: string) => void
}

type Planned = Measured & { readonly item: Item; readonly rounds: number }

/**
 * Runs the items interleaved: repetition one of all, then repetition two of all, so that what the machine does besides
 * falls on all alike. Each in a process of its own. An item that failed once is not asked again.
 */
export async function runAll(schedule: Schedule): Promise<readonly Measured[]> {
  const shared = `bench.${randomBytes(4).toString('hex')}.`
  const contextOf = (name: string, repetition: number): BenchContext => ({
    ...schedule.context,
    shared,
    repetition,
    prefix: `${shared}${name}-${repetition < 0 ? 'prepare' : repetition}.`,
  })
  const loaded = await Promise.all(schedule.names.map(loadItem))
  const planned: readonly Planned[] = loaded.map(item => ({
    item,
    runs: [],
    failures: [],
    rounds: Math.min(item.repetitions ?? schedule.repetitions, schedule.repetitions),
  }))
  const done = new Set<unknown>()
  for (const each of planned) {
    const { name, prepare } = each.item
    // Items that read the same share what fills it.
    if (prepare === undefined || done.has(prepare)) continue
    done.add(prepare)
    schedule.progress(`${name}: preparing`)
    const answer = await ask({ name, what: 'prepare', context: contextOf(name, -1) })
    if ('failed' in answer) fail(schedule, each, answer.failed)
  }
  const rounds = Math.max(...planned.map(each => each.rounds))
  for (let round = 0; round < rounds; round++) {
    for (const each of planned.filter(({ failures, rounds }) => failures.length === 0 && round < rounds)) {
      await runOnce(schedule, each, contextOf(each.item.name, round))
    }
  }
  return planned
}

async function runOnce(schedule: Schedule, each: Planned, context: BenchContext): Promise<void> {
  const { name } = each.item
  const options: AskOptions = { limitSeconds: each.item.limitSeconds, profile: schedule.profile }
  const began = performance.now()
  const answer = await ask({ name, what: 'run', context }, options)
  if ('failed' in answer) return fail(schedule, each, answer.failed)
  each.runs.push(answer.figures)
  const said = Object.entries(answer.figures).map(([figure, value]) => `${figure} ${Number(value.toPrecision(4))}`)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  schedule.progress(`${name} ${context.repetition + 1}/${each.rounds}: ${said.join(', ')} (${seconds} s)`)
}

function fail(schedule: Schedule, { item, failures }: Planned, reason: string): void {
  failures.push(reason)
  schedule.progress(`${item.name} failed: ${reason}`)
}
