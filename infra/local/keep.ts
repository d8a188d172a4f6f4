import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Order, Report } from './keeper.ts'

/** A process that the keeper started; `ended` resolves with the reason, and never rejects. */
export type Kept = {
  readonly pid: number
  readonly ended: Promise<Ending>
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export type Ending = { readonly why: string; readonly code: number | null }

export type Keeper = {
  readonly pid: number
  start(command: string, args: readonly string[], where: { log: string; cwd: string }): Promise<Kept>
  /** Lets this process end while children run; the keeper then ends them. */
  release(): void
  /** Takes `release` back: this process stays while it waits for a child. */
  hold(): void
  /** Ends every child, removes the folder, and resolves when the keeper itself is gone. */
  close(): Promise<void>
}

/**
 * Starts a keeper: children started through it end when this process ends, in whatever way. `folder` is removed then.
 * Should the keeper be killed, its children are killed from here (and by the kernel where Linux's setpriv exists).
 */
export function startKeeper(folder: string): Keeper {
  // Its own session: Ctrl-C in the terminal reaches the asker alone, which decides when the children end.
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./keeper.ts', import.meta.url)), folder], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    // Children are configured by what they are given: a setting of this shell would win over a file of settings.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VIGIA_'))),
  })
  const gone = new Promise(resolve => keeper.once('exit', resolve).once('error', resolve))
  const waiting = new Map<number, { started(pid: number): void; ended(ending: Ending): void }>()
  const pids = new Map<number, number>()
  let last = 0
  let alive = true

  createInterface({ input: keeper.stdout }).on('line', line => {
    const report: Report = JSON.parse(line)
    if (report.report === 'started') {
      pids.set(report.id, report.pid)
      waiting.get(report.id)?.started(report.pid)
      return
    }
    pids.delete(report.id)
    waiting.get(report.id)?.ended({ why: report.why, code: report.code })
    waiting.delete(report.id)
  })
  // Writing to a keeper that died: its end is told through `gone`.
  keeper.stdin.on('error', () => {})
  gone.then(() => {
    alive = false
    for (const pid of pids.values()) killHard(pid)
    for (const { ended } of waiting.values()) ended({ why: 'the keeper ended', code: null })
  })

  const send = (order: Order) => void keeper.stdin.write(`${JSON.stringify(order)}\n`)
  const streams = () => [keeper.stdin, keeper.stdout].filter(stream => stream instanceof Socket)
  const hold = () => {
    keeper.ref()
    for (const stream of streams()) stream.ref()
  }

  return {
    pid: keeper.pid ?? 0,
    start(command, args, { log, cwd }) {
      last += 1
      const id = last
      if (!alive) return Promise.reject(new Error('the keeper ended'))
      return new Promise((resolve, reject) => {
        const ended = new Promise<Ending>(tell => {
          waiting.set(id, {
            started: pid =>
              resolve({
                pid,
                ended,
                async kill(signal) {
                  send({ order: 'kill', id, signal })
                  await ended
                },
              }),
            ended: ending => {
              tell(ending)
              reject(new Error(`${command} did not start: ${ending.why}`))
            },
          })
        })
        send({ order: 'start', id, command, args: [...args], log, cwd })
      })
    },
    release() {
      keeper.unref()
      for (const stream of streams()) stream.unref()
    },
    hold,
    async close() {
      hold()
      keeper.stdin.end()
      await gone
    },
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
