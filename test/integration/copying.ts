import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { javaTool } from '../../infra/local/tools.ts'
import type { Log, LogRecord, Membership, OutRecord, Task } from '../../runtime/log.ts'

/** Two inputs, a state and an output of one copying task for each partition number, under names of its own. */
export type Copying = {
  readonly group: string
  readonly inputs: readonly [string, string]
  readonly state: string
  readonly output: string
}

export const partitions = 4

export async function prepare(log: Log, prefix: string): Promise<Copying> {
  const [left, right, state, output] = ['left', 'right', 'state', 'out'].map(suffix => `${prefix}.${suffix}`)
  if (!left || !right || !state || !output) throw new Error('unreachable')
  await log.createTopics([
    ...[left, right, output].map(name => ({ name, partitions, config: {} })),
    { name: state, partitions, config: { 'cleanup.policy': 'compact' } },
  ])
  return { group: `${prefix}.group`, inputs: [left, right], state, output }
}

const out = (topic: string, partition: number, key: string, value: string): OutRecord => ({
  topic,
  partition,
  key: Buffer.from(key),
  value: Buffer.from(value),
})

/** Where an input lies, which is what its copy says: `topic/partition/offset`. */
const placeOf = ({ topic, partition, offset }: LogRecord): string => `${topic}/${partition}/${offset}`

/**
 * Copies each input to another partition number, with a number that each task counts up in its state: what is lost, copied
 * twice, or decided on a wrong state shows in the output.
 */
export function joinCopying(log: Log, { group, inputs, state, output }: Copying): Promise<Membership> {
  const counts = new WeakMap<Task, { count: number }>()
  return log.join(
    { group, inputs, state, outputs: [output] },
    {
      async open(task, continues) {
        let count = continues ? counts.get(continues)?.count : undefined
        if (count === undefined) {
          count = 0
          for await (const records of task.restore(state)) count = Number(records.at(-1)?.value ?? count)
        }
        counts.set(task, { count })
      },
      async batch(task, records) {
        const kept = counts.get(task)
        if (!kept) throw new Error('a batch for a task that was not opened')
        const to = (task.partition + 1) % partitions
        const copies = records.map((one, index) => out(output, to, 'copy', `${placeOf(one)} ${kept.count + index + 1}`))
        const count = kept.count + records.length
        const offset = (records.at(-1)?.offset ?? 0) + 1
        await task.transact({
          records: [...copies, out(state, task.partition, 'count', String(count))],
          offsets: [{ topic: records[0]?.topic ?? '', offset, metadata: '' }],
        })
        kept.count = count
      },
      async close() {},
    },
  )
}

/** Writes to both inputs until it is stopped; what the log refuses is written again, so the log alone knows what is there. */
export function startSource(log: Log, { inputs }: Copying): { stop(): Promise<void> } {
  let stopped = false
  const running = (async () => {
    for (let number = 0; !stopped; number++) {
      const records = inputs.flatMap(topic =>
        Array.from({ length: partitions * 3 }, (_, index) => out(topic, index % partitions, '', String(number))),
      )
      await log.append(records).catch(() => {})
      await sleep(20)
    }
  })()
  return {
    async stop() {
      stopped = true
      await running
    },
  }
}

/** How many inputs have been copied, by their committed offsets: nothing else is in the inputs but records. */
export async function copied(log: Log, { group, inputs }: Copying): Promise<number> {
  const offsets = await Promise.all(inputs.map(input => log.committed(group, input)))
  return offsets.flatMap(held => [...held.values()]).reduce((sum, { offset }) => sum + offset, 0)
}

export async function written(log: Log, { inputs }: Copying): Promise<string[]> {
  const bounds = await Promise.all(inputs.map(async topic => ({ topic, bounds: await log.bounds(topic) })))
  return bounds.flatMap(({ topic, bounds: ends }) =>
    ends.flatMap(({ partition, end }) => Array.from({ length: end }, (_, offset) => `${topic}/${partition}/${offset}`)),
  )
}

/** What Kafka's own consumer reads under read_committed: no line of ours is in it. */
export async function readByKafka(brokers: string, topic: string): Promise<string[]> {
  const from = ['--bootstrap-server', brokers, '--topic', topic, '--from-beginning']
  const how = ['--isolation-level', 'read_committed', '--timeout-ms', '15000']
  const text = await runTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [...from, ...how])
  return text.split('\n').filter(line => line !== '')
}

/** Runs one of Kafka's own tools and answers what it prints; a timeout of its consumer is how that ends. */
export async function runTool(mainClass: string, args: readonly string[]): Promise<string> {
  const { command, args: all } = await javaTool(mainClass, args)
  const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let said = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    printed += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  const code = await new Promise(resolve => child.on('close', resolve))
  if (code !== 0 && !said.includes('TimeoutException')) throw new Error(`${mainClass} ended with ${code}: ${said}`)
  return printed
}

export type Account = { readonly lost: string[]; readonly doubled: string[]; readonly gaps: string[] }

/** Compares what was written with what was copied; `gaps` are tasks whose numbers are not 1, 2, 3, … */
export function account(inputs: readonly string[], lines: readonly string[]): Account {
  const seen = new Map<string, number>()
  const numbers = new Map<string, number[]>()
  for (const line of lines) {
    const [place = '', number = ''] = line.split(' ')
    seen.set(place, (seen.get(place) ?? 0) + 1)
    const partition = place.split('/').at(-2) ?? ''
    const counted = numbers.get(partition) ?? []
    counted.push(Number(number))
    numbers.set(partition, counted)
  }
  return {
    lost: inputs.filter(place => !seen.has(place)),
    doubled: [...seen].flatMap(([place, times]) => (times > 1 ? [place] : [])),
    gaps: [...numbers].flatMap(([partition, found]) => {
      const at = found.findIndex((number, index) => number !== index + 1)
      return at < 0 ? [] : [`${partition}: ${found[at]} stands as number ${at + 1}`]
    }),
  }
}
