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
})

export type RunFile = z.infer<typeof schema>

const place = fileURLToPath(new URL('../.vigia/run.json', import.meta.url))

export function writeRunFile(run: RunFile, file = place): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
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

export function removeRunFile(file = place): void {
  rmSync(file, { force: true })
}
