import { parseArgs } from 'node:util'

export type BenchOptions = {
  readonly only: readonly string[]
  readonly repetitions: number
  readonly quick: boolean
  readonly json: boolean
  readonly check: boolean
  readonly profile: string | undefined
  readonly help: boolean
}

export const usage = `usage: npm run bench -- [--only a,b] [--reps 3] [--quick] [--json] [--check] [--profile FOLDER]
  --only     these items alone; the targets of others are then not checked
  --reps     repetitions of each item, of which the medians are shown (3)
  --quick    one repetition with fewer records: to see that it works, not to quote
  --json     one JSON document on stdout; what goes on is told on stderr
  --check    compares with test/bench/targets.json; exits 3 and names what falls short
  --profile  writes a CPU profile of each run into FOLDER and tells what costs most (profiling itself costs too)
Brokers: VIGIA_KAFKA_BROKERS with VIGIA_REGISTRY_URL where they are set, else a broker and a registry of its own.
Exits 0 when done, 1 when an item failed, 2 for wrong usage, 3 where a target is not reached.`

/** Throws with a sentence for people where the arguments are wrong. */
export function optionsFrom(args: readonly string[], known: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      reps: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const only = values.only === undefined ? known : values.only.split(',').map(name => name.trim())
  const unknown = only.filter(name => !known.includes(name))
  if (unknown.length > 0) throw new Error(`no such item: ${unknown.join(', ')}; there are ${known.join(', ')}`)
  const repetitions = Number(values.reps ?? (values.quick ? 1 : 3))
  if (!Number.isInteger(repetitions) || repetitions < 1) throw new Error('--reps is a whole number from 1 on')
  const { quick, json, check, profile, help } = values
  return { only: known.filter(name => only.includes(name)), repetitions, quick, json, check, profile, help }
}
