import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** What `up` leaves for the other verbs while it runs; it holds an API key, so only its owner may read it. */
const schema = z.object({
  pid: z.number(),
  brokers: z.string(),
  registry: z.string(),
  prefix: z.string(),
  api: z.string(),
  key: z.string(),
  /** Seals what `send` puts on alerts.raw for a source. */
  seal: z.string(),
})

export type RunFile = z.infer<typeof schema>

const place = fileURLToPath(new URL('../.vigia/run.json', import.meta.url))

/** Leaves the file of a chain that runs already alone; answers whether it was written. */
export function writeRunFile(run: RunFile, file = place): boolean {
  const other = readRunFile(file)
  if (other !== undefined && other.pid !== run.pid) return false
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
  return true
}

/** Undefined where nothing runs: there is no file, or its process is gone. */
export function readRunFile(file = place): RunFile | undefined {
  try {
    const run = schema.parse(JSON.parse(readFileSync(file, 'utf8')))
    process.kill(run.pid, 0)
    return run
  } catch {
    return undefined
  }
}

/** Removes the file of this process, and no other's. */
export function removeRunFile(file = place): void {
  if (readRunFile(file)?.pid === process.pid) rmSync(file, { force: true })
}

/** The environment as the chain of this checkout has it: what ships, and where its brokers are. As it is where none runs. */
export function environmentOfChain<Env extends Readonly<Record<string, string | undefined>>>(
  env: Env,
  shipped: () => Record<string, string>,
): Env {
  const run = readRunFile()
  if (run === undefined) return env
  return { VIGIA_KAFKA_BROKERS: run.brokers, VIGIA_REGISTRY_URL: run.registry, ...shipped(), ...env }
}
