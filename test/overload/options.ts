import { parseArgs } from 'node:util'

export type OverloadOptions = {
  /** How long there is too much; start, ramp and drain come on top. */
  readonly minutes: number
  /** How much too much: times the rate that was found to be sustainable. */
  readonly times: number
  /** Alerts a second that are sustainable; null: it is found out. */
  readonly rate: number | null
  readonly seed: number
  /** Bytes that the process with the API may have at most, at any time. */
  readonly capBytes: number
  readonly json: boolean
}

export const usage =
  'node test/overload/main.ts [--minutes 10] [--times 5] [--rate SUSTAINABLE_PER_SECOND] [--seed N] [--cap-mb 1024] [--json]'

/** Throws with every problem. */
export function readOptions(args: readonly string[]): OverloadOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      times: { type: 'string', default: '5' },
      rate: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'cap-mb': { type: 'string', default: '1024' },
      json: { type: 'boolean', default: false },
    },
  })
  const [minutes, times, seed, cap] = [values.minutes, values.times, values.seed, values['cap-mb']].map(Number)
  const problems = [
    ...(Number(minutes) > 0 ? [] : ['--minutes is a number above 0']),
    ...(Number(times) > 1 ? [] : ['--times is a number above 1']),
    ...(values.rate === undefined || Number(values.rate) > 0 ? [] : ['--rate is a number above 0']),
    ...(Number.isInteger(seed) ? [] : ['--seed is a whole number']),
    ...(Number(cap) > 0 ? [] : ['--cap-mb is a number above 0']),
  ]
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return {
    ...{ minutes: minutes ?? 0, times: times ?? 0, seed: seed ?? 0 },
    rate: values.rate === undefined ? null : Number(values.rate),
    capBytes: (cap ?? 0) * 1024 * 1024,
    json: values.json,
  }
}
