import { fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answered, Asked } from './child.ts'
import { profileFile } from './measure/profiler.ts'

const child = fileURLToPath(new URL('./child.ts', import.meta.url))
const defaultLimitSeconds = 300

export type AskOptions = {
  readonly limitSeconds?: number | undefined
  /** A folder for CPU profiles of what is measured, which then also costs more. */
  readonly profile?: string | undefined
}

/** Runs one thing in a child process of its own. Never rejects: what goes wrong is an answer too. */
export function ask(asked: Asked, options: AskOptions = {}): Promise<Answered> {
  const { limitSeconds = defaultLimitSeconds, profile } = options
  const { promise, resolve } = Promise.withResolvers<Answered>()
  const file = profile && join(profile, `${asked.name}-${asked.context.repetition + 1}.cpuprofile`)
  const running = fork(child, [JSON.stringify(asked)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, ...(file === undefined ? {} : { [profileFile]: file }) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const late = setTimeout(() => {
    running.kill('SIGKILL')
    resolve({ failed: `not done within ${limitSeconds} s` })
  }, limitSeconds * 1000)
  let answer: Answered | undefined
  running.once('message', message => {
    answer = message as Answered
  })
  running.once('exit', (code, signal) => {
    clearTimeout(late)
    resolve(answer ?? { failed: `its process ended with ${signal ?? code}` })
  })
  return promise
}
