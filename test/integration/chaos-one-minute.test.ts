import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { ChaosReport } from '../chaos/run/summary.ts'

const main = fileURLToPath(new URL('../chaos/main.ts', import.meta.url))
const seed = process.env.TEST_SEED ?? String(Date.now() % 1_000_000)

it('everything goes wrong for a minute, and every promise is kept', { timeout: 600_000 }, async () => {
  // On brokers of its own, which it kills.
  const args = [main, '--minutes', '1', '--seed', seed, '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const printed: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => printed.push(text))
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  const report = JSON.parse(printed.join('') || 'null') as ChaosReport | null
  expect(report?.results.filter(each => !each.held)).toEqual([])
  expect(report?.kills).toBeGreaterThan(0)
  expect(report?.sent.acknowledged).toBeGreaterThan(0)
  expect(code).toBe(0)
})
