import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VigiaError } from '../../core/errors.ts'
import type { Keeper, Kept } from '../../infra/local/keep.ts'
import type { StartedName } from './chain.ts'

/** One service as a process that is started again when it dies, up to a limit; its log lies in the keeper's folder. */
export type ServiceProcess = {
  readonly health: string
  ready(): Promise<void>
  /** SIGKILL; resolves when a new process is ready. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export type ProcessOptions = {
  readonly keeper: Keeper
  readonly folder: string
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  /** The process died more often than it may, or refused to start. */
  readonly gaveUp: (error: Error) => void
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const compileCache = new URL('../../bin/compile-cache.mjs', import.meta.url).href
const mostDeaths = 5
const readyMs = 90_000

export async function serviceProcess(
  name: StartedName,
  options: ProcessOptions,
  instance = 0,
): Promise<ServiceProcess> {
  const { keeper, folder, port } = options
  const envFile = join(folder, `${name}-${instance}.env`)
  const log = join(folder, `${name}-${instance}.log`)
  // Secrets go by a file that only its owner reads: arguments can be seen by every user of the machine.
  const lines = Object.entries({ ...options.env, VIGIA_METRICS_PORT: String(port) }).map(
    ([key, value]) => `${key}=${JSON.stringify(value)}`,
  )
  writeFileSync(envFile, `${lines.join('\n')}\n`, { mode: 0o600 })
  chmodSync(envFile, 0o600)
  let stopping = false
  let given: Error | undefined
  let deaths = 0
  let current: Kept
  const health = `http://127.0.0.1:${port}`

  const start = async (): Promise<Kept> => {
    const main = join(root, 'services', name, 'main.ts')
    const kept = await keeper.start(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', `--import=${compileCache}`, `--env-file=${envFile}`, main],
      { log, cwd: root },
    )
    kept.ended
      .then(async ({ code }) => {
        if (stopping) return
        deaths += 1
        // Exit 1 before it was ever ready is a refusal: starting again would refuse again.
        if (deaths > mostDeaths || (code === 1 && deaths === 1))
          giveUp(new VigiaError('VIG_CONFIG_INVALID', `${name} stopped: ${lastWords(log)}`))
        else current = await start()
      })
      // The keeper ended with this one in its hands: nothing can be started any more.
      .catch(giveUp)
    return kept
  }
  const giveUp = (error: Error) => {
    given = error
    if (!stopping) options.gaveUp(error)
  }
  current = await start()
  const ready = () => untilReady(`${health}/health/ready`, name, log, () => stopping || given !== undefined)
  return {
    health,
    ready,
    async kill() {
      const dying = current
      await dying.kill('SIGKILL')
      while (current === dying && given === undefined) await pause()
      await ready()
      if (given !== undefined) throw given
    },
    async stop() {
      stopping = true
      await current.kill('SIGTERM')
    },
  }
}

async function untilReady(url: string, name: string, log: string, stopped: () => boolean): Promise<void> {
  const until = Date.now() + readyMs
  while (Date.now() < until && !stopped()) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok === true) return
    await pause()
  }
  if (!stopped())
    throw new VigiaError('VIG_LOG_UNAVAILABLE', `${name} was not ready within ${readyMs / 1000} s: ${lastWords(log)}`)
}

/** The last line of a log that says what went wrong; a crash of Node ends with its version, and before it the stack. */
function lastWords(file: string): string {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    return lines.findLast(line => /^\{|Error\b/.test(line)) ?? lines.at(-1) ?? ''
  } catch {
    return 'it left no log'
  }
}

function pause(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 100))
}
