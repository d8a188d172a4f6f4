import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { kafkaStreamsJars, versions } from '../../../infra/local/artifact.ts'
import { findJavas } from '../../../infra/local/java.ts'
import type { BenchContext, Figures, Item } from '../measure/item.ts'
import { copyInput, fillCopyInput } from '../records/copy-input.ts'
import { withCopyOutput } from '../records/copy-output.ts'

const program = fileURLToPath(new URL('./StreamsCopy.java', import.meta.url))
const streamsJars = () => kafkaStreamsJars(versions.kafka, process.env, line => console.error(line))
/** Starts `.java` files by themselves, and what Kafka's clients need. */
const oldestJava = 17

export const item: Item = {
  name: 'streams',
  what: 'Kafka Streams, exactly_once_v2, one thread, commits every 100 ms; passes the bytes of a value on',
  async prepare(context) {
    await streamsJars()
    await fillCopyInput(context)
  },
  async run(context) {
    const to = `${context.prefix}copy`
    return withCopyOutput(context, to, () => runStreams(context, to))
  },
}

async function runStreams(context: BenchContext, to: string): Promise<Figures> {
  const java = (await findJavas(process.env)).find(({ major }) => major >= oldestJava)
  if (java === undefined) throw new Error(`Kafka Streams needs Java ${oldestJava} or later`)
  const jars = await streamsJars()
  const folder = await mkdtemp(join(tmpdir(), 'vigia-streams-'))
  try {
    const running = spawn(
      java.command,
      [
        '-Xmx512m',
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
        '-cp',
        join(jars, '*'),
        program,
        ...[context.brokers.join(','), `${context.prefix}streams`, copyInput(context), to],
        ...[String(context.records), folder],
      ],
      // Its stdin is open as long as this process is there; it ends with it.
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
    running.once('error', reject)
    running.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`Kafka Streams ended with ${signal ?? code}`)),
    )
    const [printed] = await Promise.all([text(running.stdout), ended])
    const [records = 0, seconds = 0, cpuSeconds = 0] = printed.trim().split(' ').map(Number)
    if (!(records > 0)) throw new Error(`Kafka Streams printed no figures but: ${printed}`)
    return { perSecond: records / seconds, cpuMicros: (cpuSeconds / records) * 1e6 }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
