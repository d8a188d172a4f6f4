import { mkdir } from 'node:fs/promises'
import { messageOf } from '../../core/errors.ts'
import { versions } from '../../infra/local/artifact.ts'
import { startLocalStack } from '../../infra/local/stack.ts'
import { itemNames } from './items.ts'
import { machineFacts } from './machine.ts'
import { judge, readTargets, type Target } from './measure/target.ts'
import { type BenchOptions, optionsFrom, usage } from './options.ts'
import { topOfProfiles } from './profile.ts'
import { recordBytes } from './records/alert.ts'
import { reportOf } from './report.ts'
import { runAll } from './schedule.ts'
import { tableText } from './table.ts'

const partitions = 6
const records = { full: 300_000, quick: 60_000 } as const

const progress = (line: string): void => console.error(line)

type Cluster = { readonly brokers: string; readonly registry: string; readonly kafka: string; stop(): Promise<void> }

async function cluster(env: NodeJS.ProcessEnv): Promise<Cluster> {
  const { VIGIA_KAFKA_BROKERS: brokers, VIGIA_REGISTRY_URL: registry } = env
  if (brokers && registry) return { brokers, registry, kafka: 'as given', stop: async () => {} }
  const stack = await startLocalStack({ log: progress })
  return { brokers: stack.brokers, registry: stack.registry, kafka: versions.kafka, stop: () => stack.stop() }
}

/** Runs, prints, and answers the exit code. */
async function bench(options: BenchOptions): Promise<number> {
  if (options.profile !== undefined) await mkdir(options.profile, { recursive: true })
  const { brokers, registry, kafka, stop } = await cluster(process.env)
  try {
    const count = options.quick ? records.quick : records.full
    const measured = await runAll({
      names: options.only,
      repetitions: options.repetitions,
      context: { brokers: brokers.split(','), registry, partitions, records: count, quick: options.quick },
      profile: options.profile,
      progress,
    })
    const setting = { repetitions: options.repetitions, records: count, recordBytes, partitions }
    const report = reportOf(await machineFacts(kafka), setting, measured)
    const figures = new Map(report.items.map(item => [item.name, item.figures]))
    const judged = options.check ? judge(targetsFor(options.only), figures) : []
    if (options.json) console.log(JSON.stringify({ ...report, targets: judged }, null, 2))
    else console.log([tableText(report), '', ...judged.map(each => `${mark(each.held)} ${each.sentence}`)].join('\n'))
    const missed = judged.filter(each => !each.aimed).length
    if (options.check) progress(`${judged.length - missed} of ${judged.length} targets are reached; ${missed} are not`)
    if (options.profile !== undefined) progress(await topOfProfiles(options.profile))
    const short = judged.filter(each => !each.held)
    for (const each of short) progress(`falls short: ${each.sentence}`)
    if (short.length > 0) return 3
    return report.items.some(item => item.failures.length > 0) ? 1 : 0
  } finally {
    await stop()
  }
}

/** With `--only`, the targets of what was asked for: of an item, and of what it is held against. */
function targetsFor(names: readonly string[]): readonly Target[] {
  if (names.length === itemNames.length) return readTargets()
  return readTargets().filter(
    each => names.includes(each.item) && (!('against' in each) || names.includes(each.against)),
  )
}

const mark = (held: boolean): string => (held ? 'held ' : 'SHORT')

async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions
  try {
    options = optionsFrom(args, itemNames)
  } catch (error) {
    progress(`${messageOf(error)}\n${usage}`)
    return 2
  }
  if (options.help) {
    console.log(usage)
    return 0
  }
  try {
    return await bench(options)
  } catch (error) {
    progress(messageOf(error))
    return 1
  }
}

process.exitCode = await main(process.argv.slice(2))
