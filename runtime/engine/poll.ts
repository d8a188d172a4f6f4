import { messageOf } from '../../core/errors.ts'
import type { Task } from '../log.ts'
import type { Commit } from './commit.ts'
import { settle } from './decide.ts'
import type { Serial } from './serial.ts'
import type { StageRun } from './stage-run.ts'
import { outsideCause } from './stamp.ts'
import type { StateStore } from './state-store.ts'

/** Reads a port on a schedule: a page is fetched outside of the task's queue, then folded and committed within it. */
export type Poller = { begin(): void; stop(): Promise<void> }

export type PollerParts = {
  readonly run: StageRun
  readonly task: Task
  readonly store: StateStore
  readonly commit: Commit
  readonly inTurn: Serial
  readonly outsideAt: () => number
}

export function poller({ run, task, store, commit, inTurn, outsideAt }: PollerParts): Poller {
  const abort = new AbortController()
  let running: Promise<void> = Promise.resolve()

  const once = async (): Promise<boolean> => {
    const polls = run.stage.polls
    if (polls === undefined) return false
    const { page, more } = await polls.poll(store.view, abort.signal)
    if (abort.signal.aborted) return false
    await inTurn(async () => {
      const at = outsideAt()
      const decision = polls.fold(store.view, page, {
        now: at,
        origin: { topic: run.name, partition: task.partition, offset: 0 },
      })
      await commit(
        settle(run, store, decision, outsideCause(run.group, run.name, 'page', task.partition, at), task.partition),
        1,
        [],
      )
    })
    return more
  }
  const loop = async (everyMs: number): Promise<void> => {
    while (!abort.signal.aborted) {
      try {
        while (await once()) if (abort.signal.aborted) return
      } catch (error) {
        if (abort.signal.aborted) return
        run.observer.say('warn', `could not read: ${messageOf(error)}`, { stage: run.name })
      }
      await pause(everyMs, abort.signal)
    }
  }
  return {
    begin() {
      running = loop(run.stage.polls?.everyMs ?? 60_000)
    },
    async stop() {
      abort.abort()
      await running
    },
  }
}

/** Resolves after `ms`, or at once when aborted; keeps no process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    timer.unref()
    signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
