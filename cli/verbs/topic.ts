import type { Log } from '../../runtime/log.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import { reach } from '../connection.ts'
import { numberFlag, UsageError, type Verb } from '../verb.ts'

export type Drift = {
  readonly topic: string
  readonly setting: string
  readonly wanted: string
  readonly found: string
}

/** The catalogue against the cluster: `diff` says what differs (exit 3), `apply` creates what is missing and changes nothing. */
export const topic: Verb = {
  name: 'topic',
  usage: 'apply|diff [--replicas N] [--partitions N]',
  summary: 'the topic catalogue against the cluster',
  words: 1,
  options: { replicas: { type: 'string' }, partitions: { type: 'string' } },
  async run([what], flags, io) {
    if (what !== 'apply' && what !== 'diff') throw new UsageError('say apply or diff')
    const { log, prefix } = reach(flags, io.env)
    try {
      const partitions = numberFlag(flags, 'partitions')
      const specs = topicSpecs(allTopics, {
        prefix,
        replicas: numberFlag(flags, 'replicas') ?? 1,
        ...(partitions === undefined ? {} : { partitions }),
      })
      const created = what === 'apply' ? await log.createTopics(specs) : []
      const drifts = await driftOf(log, specs)
      if (flags.json === true) io.out(JSON.stringify({ created, drifts }))
      else
        io.out(
          [
            ...created.map(name => `created ${name}`),
            ...drifts.map(driftText),
            ...(created.length + drifts.length === 0 ? ['no difference'] : []),
          ].join('\n'),
        )
      return drifts.length === 0 ? 0 : 3
    } finally {
      await log.close()
    }
  },
}

export async function driftOf(log: Log, specs: ReturnType<typeof topicSpecs>): Promise<Drift[]> {
  const found = await log.describeTopics(specs.map(spec => spec.name))
  return specs.flatMap(spec => {
    const there = found.get(spec.name)
    if (there === undefined) return [{ topic: spec.name, setting: 'topic', wanted: 'there', found: 'missing' }]
    const wrong = Object.entries(spec.config).flatMap(([setting, wanted]) => {
      const is = there.config[setting]
      return is === undefined || is === wanted ? [] : [{ topic: spec.name, setting, wanted, found: is }]
    })
    const partitions =
      there.partitions === spec.partitions
        ? []
        : [
            {
              topic: spec.name,
              setting: 'partitions',
              wanted: String(spec.partitions),
              found: String(there.partitions),
            },
          ]
    return [...partitions, ...wrong]
  })
}

function driftText(drift: Drift): string {
  return `${drift.topic}: ${drift.setting} is ${drift.found}, the catalogue says ${drift.wanted}`
}
