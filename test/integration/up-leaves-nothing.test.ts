import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { until } from './until.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const runFile = `${root}.vigia/run.json`

/** The processes of this machine whose command line names a text, read where Linux keeps them. */
function processesNaming(text: string): string[] {
  const pids = (existsSync('/proc') ? readdirSync('/proc') : []).filter(name => /^\d+$/.test(name))
  return pids.flatMap(pid => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return line.includes(text) ? [line] : []
    } catch {
      return []
    }
  })
}

it('up, on brokers that it started itself, ends at SIGTERM and leaves no process and no run file', async () => {
  // As on a bare machine: no brokers are given, so that it looks for an engine and then starts Kafka with local Java.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VIGIA_')))
  const up = spawn(process.execPath, ['bin/vigia.mjs', 'up', '--json'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<[number | null, NodeJS.Signals | null]>(resolve =>
    up.once('exit', (code, signal) => resolve([code, signal])),
  )
  const said = await new Promise<string>(resolve => up.stdout.once('data', bytes => resolve(String(bytes))))
  const { brokers } = JSON.parse(said) as { brokers: string }
  const { pid } = JSON.parse(readFileSync(runFile, 'utf8')) as { pid: number }
  expect(pid).toBe(up.pid)
  up.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  expect(existsSync(runFile)).toBe(false)
  const port = brokers.split(':')[1] ?? ''
  await until('no process of it', async () =>
    processesNaming(`PLAINTEXT://127.0.0.1:${port}`).length === 0 ? true : undefined,
  )
  expect(processesNaming(`${root}services/`)).toEqual([])
}, 120_000)
