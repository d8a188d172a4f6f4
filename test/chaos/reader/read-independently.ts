import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { javaTool } from '../../../infra/local/tools.ts'
import { formatterProperties, parsePrinted, type ReadRecord } from './printed.ts'

export type Reading = {
  /** `host:port`, several apart by commas. */
  readonly bootstrap: string
  /** By its full name. */
  readonly topic: string
  /** Milliseconds without a record after which the topic counts as read to its end; 10,000 by default. */
  readonly quietMs?: number
  readonly signal?: AbortSignal
}

/**
 * Every committed record of a topic that nobody writes to any more, read by Kafka's own console consumer: Java's client, which shares no code and no
 * defect with ours. In order by partition and offset.
 *
 * It knows no end of a topic, only that nothing came for a while. A reader that gave up too early reads less, which whoever
 * compares finds. Each reading takes `quietMs` and a JVM of at most 256 MB: read a few topics at a time.
 *
 * Rejects with the last lines that it logged where it failed, found no broker or no topic, or counted other records than came; with
 * VIG_BROKER_ABSENT where there is no Java.
 */
export async function readIndependently(reading: Reading): Promise<readonly ReadRecord[]> {
  const { bootstrap, topic, quietMs = 10_000, signal } = reading
  const none = randomUUID().replaceAll('-', '')
  const tool = await javaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', bootstrap, '--topic', topic, '--from-beginning'],
    ...['--isolation-level', 'read_committed', '--timeout-ms', String(quietMs)],
    ...formatterProperties(none).flatMap(property => ['--formatter-property', property]),
  ])
  const consumer = spawn(tool.command, tool.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal, killSignal: 'SIGKILL' as const }),
  })
  const ended = once(consumer, 'close')
  ended.catch(() => {})
  const said: string[] = []
  createInterface({ input: consumer.stderr }).on('line', line => said.push(line))
  const records: ReadRecord[] = []
  try {
    for await (const line of createInterface({ input: consumer.stdout, crlfDelay: Number.POSITIVE_INFINITY }))
      records.push(parsePrinted(line, none))
    const [code] = await ended
    const why = failureOf(Number(code), said, records.length)
    if (why !== undefined) throw new Error(`${topic}: ${why}; it said:\n${said.slice(-8).join('\n')}`)
  } finally {
    consumer.kill('SIGKILL')
  }
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

/** It always ends by an error, of which the one that is asked for is the time that ran out, and exits as if all were well. */
function failureOf(code: number, said: readonly string[], printed: number): string | undefined {
  const text = said.join('\n')
  const handled = Number(/Processed a total of (\d+) messages/.exec(text)?.[1])
  if (code !== 0) return `exit ${code}`
  if (handled !== printed) return `${printed} records came, and ${handled} were printed`
  if (!/^org\.apache\.kafka\.common\.errors\.TimeoutException$/m.test(text)) return 'ended before its time was up'
  if (printed === 0 && /WARN org\.apache\.kafka\.clients\.NetworkClient/.test(text))
    return 'found no broker or no such topic'
  return undefined
}
