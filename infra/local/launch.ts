import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf, VigiaError } from '../../core/errors.ts'
import type { Keeper, Kept } from './keep.ts'

const startWithinMs = 90_000
const pollMs = 50

/** What a process needs to run; `name` is what messages call it. */
export type Launch = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly log: string
  readonly cwd: string
}

/** Starts a process. Throws VIG_BROKER_ABSENT where the command cannot be started. */
export async function launch(keeper: Keeper, { command, args, log, cwd }: Launch): Promise<Kept> {
  try {
    return await keeper.start(command, args, { log, cwd })
  } catch (error) {
    throw new VigiaError('VIG_BROKER_ABSENT', messageOf(error), {}, { cause: error })
  }
}

/** Runs a process to its end. Throws VIG_BROKER_ABSENT with the end of its log unless it exits with 0. */
export async function runToEnd(keeper: Keeper, what: Launch): Promise<void> {
  const { code } = await (await launch(keeper, what)).ended
  if (code !== 0) throw await notStarted(`${what.name} failed`, what.log)
}

/** Resolves when `isReady`; throws with the end of the log when the process ends before, or the time is up. */
export async function ready({ name, log }: Launch, running: Kept, isReady: () => Promise<boolean>): Promise<void> {
  let ended: string | undefined
  running.ended.then(ending => {
    ended = ending.why
  })
  const until = Date.now() + startWithinMs
  while (!(await isReady())) {
    if (ended !== undefined) throw await notStarted(`${name} ended while starting (${ended})`, log)
    if (Date.now() > until) throw await notStarted(`${name} was not ready within ${startWithinMs / 1000} s`, log)
    await pause(pollMs)
  }
}

async function notStarted(what: string, log: string): Promise<VigiaError> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-15)
  return new VigiaError('VIG_BROKER_ABSENT', `${what}; the last lines of its log:\n${lines.join('\n')}`)
}
