import { type ChildProcess, spawn } from 'node:child_process'
import { messageOf } from '../../core/errors.ts'

export type Started = {
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export type Ended = {
  readonly how: 'exited' | 'timeout' | 'aborted' | 'not-started'
  /** The ends of stdout and of stderr, in this order; of `not-started` the cause. */
  readonly said: readonly Said[]
}

/** `cut`: its beginning is missing. */
type Said = { readonly text: string; readonly cut: boolean }

const tailBytes = 32 * 1024
// A descendant that made a session of its own may hold the pipes open; nothing that it says is waited for.
const lastWordsMs = 250

const running = new Set<number>()
let watching = false

/**
 * Runs a program in a process group of its own, with stdin at its end, and kills the whole group at the deadline, on
 * abort, and when the program itself has ended, so that no descendant outlives the job. (A descendant that leaves the
 * group by a session of its own does; only a namespace would hold it.) When this process exits the groups go with it.
 */
export function runGroup(started: Started): Promise<Ended> {
  if (started.signal.aborted) return Promise.resolve({ how: 'aborted', said: [] })
  return new Promise(resolve => {
    const tails = [tailOf(tailBytes), tailOf(tailBytes)] as const
    let how: Ended['how'] = 'exited'
    let child: ChildProcess
    try {
      child = spawn(started.argv[0], started.argv.slice(1), {
        cwd: started.cwd,
        env: started.env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    } catch (error) {
      resolve({ how: 'not-started', said: [{ text: messageOf(error), cut: false }] })
      return
    }
    const pid = child.pid
    if (pid !== undefined) remember(pid)
    const stop = (cause: Ended['how']) => {
      how = cause
      if (pid !== undefined) killGroup(pid)
    }
    const onAbort = () => stop('aborted')
    const deadline = setTimeout(() => stop('timeout'), started.timeoutMs)
    started.signal.addEventListener('abort', onAbort, { once: true })
    const settle = () => {
      clearTimeout(deadline)
      started.signal.removeEventListener('abort', onAbort)
    }
    child.stdout?.on('data', tails[0].add)
    child.stderr?.on('data', tails[1].add)
    child.on('error', error => {
      if (pid !== undefined) return
      settle()
      resolve({ how: 'not-started', said: [{ text: error.message, cut: false }] })
    })
    child.on('exit', () => {
      settle()
      if (pid !== undefined) {
        killGroup(pid)
        running.delete(pid)
      }
      const lastWords = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, lastWordsMs)
      child.on('close', () => {
        clearTimeout(lastWords)
        resolve({ how, said: tails.map(tail => tail.read()) })
      })
    })
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // ESRCH: nobody is left in it.
  }
}

function remember(pid: number): void {
  running.add(pid)
  if (watching) return
  watching = true
  process.on('exit', () => {
    for (const group of running) killGroup(group)
  })
}

function tailOf(bytes: number): { add: (chunk: Buffer) => void; read: () => Said } {
  let kept: Buffer[] = []
  let size = 0
  let cut = false
  return {
    add: chunk => {
      kept.push(chunk)
      size += chunk.length
      if (size <= 2 * bytes) return
      const whole = Buffer.concat(kept).subarray(-bytes)
      kept = [whole]
      size = whole.length
      cut = true
    },
    read: () => {
      const whole = Buffer.concat(kept)
      return { text: whole.subarray(-bytes).toString('utf8'), cut: cut || whole.length > bytes }
    },
  }
}
