import { parseArgs } from 'node:util'
import type { Fault } from './world.ts'

export type ChaosOptions = {
  /** How long things go wrong; start, drain and checks come on top. */
  readonly minutes: number
  readonly seed: number
  /** Names of faults; `zombie` is the lane of forced zombies. */
  readonly faults: readonly string[]
  readonly brokers: number
  readonly perSecond: number
  readonly json: boolean
  readonly help: boolean
}

/** The lane of zombies that are forced into the window, on topics of its own. */
export const zombieLane = 'zombie'

/** A run that must end soon is counted a second time in its largest topics alone. */
export function isShort({ minutes }: ChaosOptions): boolean {
  return minutes <= 2
}

type Known = Pick<Fault, 'name' | 'what' | 'leastNodes'>

export function usageOf(known: readonly Known[]): string {
  const width = Math.max(...known.map(each => each.name.length))
  const faults = known.map(({ name, what, leastNodes }) => {
    const needs = leastNodes === undefined ? '' : ` (with --brokers 3)`
    return `  ${name.padEnd(width)}  ${what}${needs}`
  })
  return `usage: npm run chaos -- [--minutes 10] [--seed N] [--faults a,b,c] [--brokers 1|3] [--rate 40] [--json]
  --minutes  how long things go wrong (10); start, drain and checks come on top, one to four minutes
  --seed     chooses what goes wrong, when, and what is sent (chosen and printed otherwise). The same seed makes the same choices
             again; how the processes interleave under them is the machine's, and another one each time
  --faults   these alone; all that so many brokers allow otherwise
  --brokers  1 (one), or 3, with three replicas of everything
  --rate     alerts a second, which come whatever the pipeline does (40)
  --json     one JSON document on stdout; what goes on is told on stderr
Faults:
${faults.join('\n')}
Needs Java, and brokers and a registry of its own, which are fetched once; then nothing but loopback. \`disk\` stops the writes of a
broker with prlimit, which only Linux has; elsewhere it is the analyzer's disk alone.
Exits 0 when every invariant held, 4 when one did not (which, and where the logs lie, is said), 1 when the run itself failed,
2 for wrong usage.`
}

/** Throws with every problem, and what may be said. */
export function readOptions(args: readonly string[], known: readonly Known[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      faults: { type: 'string' },
      brokers: { type: 'string', default: '1' },
      rate: { type: 'string', default: '40' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [minutes, seed, brokers, perSecond] = [values.minutes, values.seed, values.brokers, values.rate].map(Number)
  const isTooMuch = ({ leastNodes }: Known) => (leastNodes ?? 1) > Number(brokers)
  const possible = known.filter(each => !isTooMuch(each)).map(each => each.name)
  const faults = values.faults === undefined ? possible : values.faults.split(',').flatMap(name => name.trim() || [])
  const unknown = faults.filter(name => !known.some(each => each.name === name))
  const needy = known.filter(each => faults.includes(each.name) && isTooMuch(each))
  const names = known.map(each => each.name).join(', ')
  const problems = [
    ...(Number(minutes) > 0 ? [] : ['--minutes is a number above 0']),
    ...(Number.isInteger(seed) ? [] : ['--seed is a whole number']),
    ...(brokers === 1 || brokers === 3 ? [] : ['--brokers is 1 or 3']),
    ...(Number(perSecond) > 0 ? [] : ['--rate is a number above 0']),
    ...(faults.length > 0 ? [] : [`--faults names none; there are ${names}`]),
    ...(unknown.length === 0 ? [] : [`no such fault: ${unknown.join(', ')}; there are ${names}`]),
    ...needy.map(({ name, leastNodes }) => `--faults ${name} needs at least ${leastNodes} brokers: --brokers 3`),
  ]
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return {
    minutes: minutes ?? 0,
    seed: seed ?? 0,
    brokers: brokers ?? 0,
    perSecond: perSecond ?? 0,
    faults,
    json: values.json,
    help: values.help,
  }
}
