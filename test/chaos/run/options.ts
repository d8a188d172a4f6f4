import { parseArgs } from 'node:util'

export type ChaosOptions = {
  /** How long things go wrong; start, drain and checks come on top. */
  readonly minutes: number
  readonly seed: number
  /** Names of faults; `zombie` is the lane of forced zombies. */
  readonly faults: readonly string[]
  readonly brokers: number
  readonly perSecond: number
  readonly json: boolean
}

export const usage = `npm run chaos -- [--minutes N] [--seed S] [--faults a,b,c] [--brokers 1|3] [--rate ALERTS_PER_SECOND] [--json]
`

/** Throws with every problem, and what may be said. */
export function readOptions(args: readonly string[], known: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      faults: { type: 'string', default: known.join() },
      brokers: { type: 'string', default: '1' },
      rate: { type: 'string', default: '40' },
      json: { type: 'boolean', default: false },
    },
  })
  const [minutes, seed, brokers, perSecond] = [values.minutes, values.seed, values.brokers, values.rate].map(Number)
  const faults = values.faults.split(',').filter(name => name !== '')
  const unknown = faults.filter(name => !known.includes(name))
  const problems = [
    ...(Number(minutes) > 0 ? [] : ['--minutes is a number above 0']),
    ...(Number.isInteger(seed) ? [] : ['--seed is a whole number']),
    ...(brokers === 1 || brokers === 3 ? [] : ['--brokers is 1 or 3']),
    ...(Number(perSecond) > 0 ? [] : ['--rate is a number above 0']),
    ...(unknown.length === 0 ? [] : [`no such fault: ${unknown.join(', ')} (there are ${known.join(', ')})`]),
  ]
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return {
    minutes: minutes ?? 0,
    seed: seed ?? 0,
    brokers: brokers ?? 0,
    perSecond: perSecond ?? 0,
    faults,
    json: values.json,
  }
}
