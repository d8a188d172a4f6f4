import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { jobRoot } from './job-root.ts'

it('removes what a killed process left, and nothing of one that lives', () => {
  const parent = mkdtempSync(join(tmpdir(), 'vigia-root-'))
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  for (const pid of [dead, process.ppid]) {
    mkdirSync(join(parent, String(pid), 'job'), { recursive: true })
    writeFileSync(join(parent, String(pid), 'job', 'input.json'), '{}')
  }
  const own = jobRoot(parent)
  expect(readdirSync(parent).sort()).toEqual([String(process.pid), String(process.ppid)].sort())
  expect(own).toBe(join(parent, String(process.pid)))
})
