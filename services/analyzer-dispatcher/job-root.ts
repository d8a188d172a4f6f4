import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The folder for the job directories of this process. What earlier ones left when they were killed is removed: a job
 * directory holds the configuration of its analyzer, secrets included.
 */
export function jobRoot(parent = join(tmpdir(), 'vigia-jobs')): string {
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(parent))
    if (!isAlive(Number(name))) rmSync(join(parent, name), { recursive: true, force: true })
  const own = join(parent, String(process.pid))
  mkdirSync(own, { recursive: true, mode: 0o700 })
  return own
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, as somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
