import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Order, Report, WorkerSpec } from './messages.ts'

/** A worker process, seen from the runner. */
export type Worker = {
  readonly name: string
  /** Partitions whose task is open, as far as it has told, with the number of the reign. */
  readonly open: ReadonlyMap<number, number>
  readonly alive: () => boolean
  /** All that it has told so far, in order. */
  readonly told: readonly Report[]
  send(order: Order): void
  /** SIGSTOP: it runs no instruction any more until `goOn`. */
  stop(): void
  goOn(): void
  kill(): Promise<void>
}

const theEnginesOwn = fileURLToPath(new URL('./worker-main.ts', import.meta.url))

// A stopped process does not see its channel close: where Linux offers it, the kernel ends it with its parent.
const setpriv = process.platform === 'linux' ? ['/usr/bin/setpriv', '/bin/setpriv'].find(existsSync) : undefined

export function startWorker(spec: WorkerSpec, onReport: () => void, main = theEnginesOwn): Worker {
  const command = [...(setpriv ? [setpriv, '--pdeathsig', 'KILL'] : []), process.execPath, main, JSON.stringify(spec)]
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const open = new Map<number, number>()
  const told: Report[] = []
  let alive = true
  const gone = new Promise<void>(resolve => {
    const end = () => {
      alive = false
      open.clear()
      onReport()
      resolve()
    }
    child.once('exit', end).once('error', end)
  })
  child.on('message', (report: Report) => {
    told.push(report)
    if (report.report === 'opened') open.set(report.partition, report.reign)
    if (report.report === 'closed') open.delete(report.partition)
    if (report.report === 'ended') child.kill('SIGKILL')
    onReport()
  })
  return {
    name: spec.clientId,
    open,
    told,
    alive: () => alive,
    send(order) {
      if (alive) child.send(order, () => {})
    },
    stop: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
