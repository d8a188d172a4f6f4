import { execFile, spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export type Program = { readonly pid: number; stop(signal?: NodeJS.Signals): Promise<void> }

/** Ends the test with what has to be installed, where a program is not on this machine. */
export async function need(name: string, probe: readonly string[], install: string): Promise<void> {
  const [command = name, ...args] = probe
  await execute(command, args).catch(() => {
    throw new Error(`${name} is not on this machine: ${install}`)
  })
}

/** A program that goes on until it is stopped; what it says goes to `log`. */
export function started(command: string, args: readonly string[], log: string, cwd: string): Program {
  const out = openSync(log, 'a')
  const child = spawn(command, [...args], { cwd, stdio: ['ignore', out, out] })
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  return {
    pid: child.pid ?? 0,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await ended
      clearTimeout(late)
    },
  }
}
