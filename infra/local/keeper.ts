/**
 * The keeper's own process: owns the children (brokers, registry) so that none outlives the one who asked for them.
 *
 *     node keeper.ts FOLDER    FOLDER is removed at the end; '' removes nothing
 *
 * Orders come as JSON lines on stdin, which is a pipe that only the asker holds: it closes however the asker dies, SIGKILL
 * included. Then the children are ended (SIGTERM, SIGKILL after the grace), the folder is removed, and the keeper goes.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, openSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** `log` takes both outputs of the child. */
export type Order =
  | { order: 'start'; id: number; command: string; args: string[]; log: string; cwd: string }
  | { order: 'kill'; id: number; signal: 'SIGTERM' | 'SIGKILL' }

export type Report =
  | { report: 'started'; id: number; pid: number }
  | { report: 'ended'; id: number; why: string; code: number | null }

const graceMs = 5000
const children = new Map<number, ChildProcess>()
let ending = false

// Where Linux offers it, the kernel ends the children should the keeper itself be killed.
const setpriv = process.platform === 'linux' ? ['/usr/bin/setpriv', '/bin/setpriv'].find(existsSync) : undefined

function report(line: Report): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function start({ id, command, args, log, cwd }: Order & { order: 'start' }): void {
  const output = openSync(log, 'a')
  const [file, ...rest] = setpriv ? [setpriv, '--pdeathsig', 'KILL', command, ...args] : [command, ...args]
  const child = spawn(file, rest, { stdio: ['ignore', output, output], cwd })
  const ended = (why: string, code: number | null) => {
    children.delete(id)
    report({ report: 'ended', id, why, code })
    if (ending && children.size === 0) finish()
  }
  child.once('error', error => ended(error.message, null))
  child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`, code))
  if (child.pid === undefined) return
  children.set(id, child)
  report({ report: 'started', id, pid: child.pid })
}

function end(): void {
  if (ending) return
  ending = true
  if (children.size === 0) finish()
  for (const child of children.values()) child.kill('SIGTERM')
  setTimeout(() => {
    for (const child of children.values()) child.kill('SIGKILL')
  }, graceMs)
}

function finish(): never {
  const folder = process.argv[2]
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.exit(0)
}

/** A line is cut short where the asker died while it wrote. */
function orderIn(line: string): Order | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const lines = createInterface({ input: process.stdin })
lines.on('line', line => {
  const order = orderIn(line)
  if (ending || !order) return
  if (order.order === 'start') start(order)
  else children.get(order.id)?.kill(order.signal)
})
lines.on('close', end)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
// The asker may be gone while a report is written.
process.stdout.on('error', end)
