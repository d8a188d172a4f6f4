import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ServiceName } from '../../../cli/up/chain.ts'
import { messageOf } from '../../../core/errors.ts'
import type { Keeper, Kept } from '../../../infra/local/keep.ts'

/**
 * One service process under a name of its own, that is started again whenever it ends, as often as it takes: what kills it is
 * the harness. It hangs on a keeper, so that nothing is left behind however the run ends.
 */
export type ServiceInstance = {
  readonly service: ServiceName
  /** `<service>-<number>`: the name of its log, too. */
  readonly name: string
  readonly health: string
  /** Where its temporary files lie: the folders of the analyzers' jobs. */
  readonly temporary: string
  /** Undefined while it is between two lives. */
  pid(): number | undefined
  isFrozen(): boolean
  /** SIGKILL; the next life begins at once, and is not waited for. */
  kill(): Promise<void>
  /** SIGSTOP; answers the process that was stopped, or undefined where there is none or it is stopped already. */
  freeze(): number | undefined
  /** SIGCONT. */
  thaw(): void
  isReady(): Promise<boolean>
  /** What it says of itself, for people. */
  state(): Promise<string>
  /** SIGTERM (SIGKILL where it does not drain in time): no further life. */
  retire(): Promise<void>
}

/** A process that ended without being told to. */
export type OwnExit = { readonly name: string; readonly why: string; readonly said: string }

export type InstanceOptions = {
  readonly keeper: Keeper
  readonly folder: string
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  readonly onOwnExit: (exit: OwnExit) => void
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** One that ends by itself again and again (the registry is away) must not eat the machine. */
const pauseAfterOwnExitMs = 1000
const drainWithinMs = 15_000

export async function serviceInstance(
  service: ServiceName,
  number: number,
  { keeper, folder, port, env, onOwnExit }: InstanceOptions,
): Promise<ServiceInstance> {
  const name = `${service}-${number}`
  const envFile = join(folder, `${name}.env`)
  const log = join(folder, `${name}.log`)
  // Secrets go by a file that only its owner reads: arguments can be seen by every user of the machine.
  const lines = Object.entries({ ...env, VIGIA_METRICS_PORT: String(port) }).map(
    ([key, value]) => `${key}=${JSON.stringify(value)}`,
  )
  writeFileSync(envFile, `${lines.join('\n')}\n`, { mode: 0o600 })
  chmodSync(envFile, 0o600)
  const health = `http://127.0.0.1:${port}`
  let current: Kept | undefined
  let frozen: number | undefined
  let retired = false
  const killed = new Set<number>()

  const live = async (): Promise<void> => {
    const main = join(root, 'services', service, 'main.ts')
    const args = ['--disable-warning=ExperimentalWarning', `--env-file=${envFile}`, main]
    const kept = await keeper.start(process.execPath, args, { log, cwd: root })
    current = kept
    void kept.ended.then(async ({ why }) => {
      current = undefined
      frozen = undefined
      if (retired || why === 'the keeper ended') return
      if (!killed.delete(kept.pid)) {
        onOwnExit({ name, why, said: lastLine(log) })
        await sleep(pauseAfterOwnExitMs)
      }
      // Without a keeper the run is at its end.
      if (!retired) await live().catch(() => {})
    })
  }
  await live()

  const signal = (pid: number, what: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => {
    try {
      process.kill(pid, what)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }

  return {
    service,
    name,
    health,
    temporary: env.TMPDIR ?? folder,
    pid: () => current?.pid,
    isFrozen: () => frozen !== undefined,
    async kill() {
      const dying = current
      if (dying === undefined) return
      killed.add(dying.pid)
      await dying.kill('SIGKILL')
    },
    freeze() {
      const pid = current?.pid
      if (pid === undefined || frozen !== undefined) return undefined
      frozen = pid
      signal(pid, 'SIGSTOP')
      return pid
    },
    thaw() {
      if (frozen !== undefined) signal(frozen, 'SIGCONT')
      frozen = undefined
    },
    async isReady() {
      try {
        const answer = await fetch(`${health}/health/ready`, { signal: AbortSignal.timeout(2000) })
        await answer.arrayBuffer()
        return answer.ok
      } catch {
        return false
      }
    },
    state: () =>
      fetch(`${health}/health`, { signal: AbortSignal.timeout(2000) })
        .then(answer => answer.text())
        .then(text => `process ${current?.pid}: ${text.trim()}`)
        .catch(error => `process ${current?.pid}: ${messageOf(error)}`),
    async retire() {
      retired = true
      const last = current
      if (last === undefined) return
      if (frozen !== undefined) signal(frozen, 'SIGCONT')
      const late = setTimeout(() => signal(last.pid, 'SIGKILL'), drainWithinMs)
      await last.kill('SIGTERM')
      clearTimeout(late)
    },
  }
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? ''
  } catch (error) {
    return `it left no log (${messageOf(error)})`
  }
}
