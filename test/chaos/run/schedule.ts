import { messageOf } from '../../../core/errors.ts'
import { type Random, seededRandom } from '../../../runtime/memory/random.ts'
import { between, wait } from '../faults/wait.ts'
import { countIn, type Fault, oneOf, type World } from './world.ts'

export type Schedule = {
  readonly faults: readonly Fault[]
  readonly seed: number
  readonly ms: number
  /** Ends everything early. */
  readonly signal: AbortSignal
}

/** Those that need nothing mended have lanes of their own, so that they meet all the others. */
const lanes: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  kill: { least: 2000, most: 3800 },
  stop: { least: 2000, most: 8000 },
}
const pauseMs = { least: 500, most: 3000 }
/** As much of the time goes to each fault alone. */
const aloneShare = 0.5

/** Each fault alone, then all mixed at random until the time is up. Which, when and how long follows from the seed. */
export async function runSchedule(world: World, { faults, seed, ms, signal }: Schedule): Promise<void> {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), ms)
  const until = AbortSignal.any([ending.signal, signal])
  try {
    const began = Date.now()
    const random = seededRandom(seed)
    let alone = 0
    for (const fault of faults) {
      if (until.aborted || Date.now() - began > ms * aloneShare) break
      world.say(`alone: ${fault.name}`)
      await once(world, fault, random, until)
      alone += 1
      await wait(1000, until)
    }
    world.say(`mixed from now on${alone < faults.length ? `, first those that were not alone yet` : ''}`)
    const waiting = faults.slice(alone)
    await Promise.all([
      ...faults.filter(fault => lanes[fault.name]).map((fault, lane) => repeat(world, fault, seed + 1 + lane, until)),
      mixed(world, faults, waiting, seed + 101, until),
    ])
  } finally {
    clearTimeout(timer)
  }
}

async function repeat(world: World, fault: Fault, seed: number, signal: AbortSignal): Promise<void> {
  const random = seededRandom(seed)
  const { least, most } = lanes[fault.name] ?? pauseMs
  while (!signal.aborted) {
    await once(world, fault, random, signal)
    await wait(between(random, least, most), signal)
  }
}

async function mixed(
  world: World,
  faults: readonly Fault[],
  first: readonly Fault[],
  seed: number,
  signal: AbortSignal,
): Promise<void> {
  const random = seededRandom(seed)
  const others = faults.filter(fault => !lanes[fault.name])
  const waiting = first.filter(fault => !lanes[fault.name])
  while (!signal.aborted && others.length > 0) {
    const next = waiting.shift() ?? oneOf(random, others)
    if (next !== undefined) await once(world, next, random, signal)
    await wait(between(random, pauseMs.least, pauseMs.most), signal)
  }
}

async function once(world: World, fault: Fault, random: Random, signal: AbortSignal): Promise<void> {
  try {
    const isDone = await fault.act(world, random, signal)
    countIn(world.tally.faults, isDone ? fault.name : `${fault.name}, not done`)
  } catch (error) {
    // Poison that the brokers did not take, say: the next fault goes on.
    world.say(`${fault.name}: ${messageOf(error)}`)
    countIn(world.tally.faults, `${fault.name}, not done`)
  }
}
