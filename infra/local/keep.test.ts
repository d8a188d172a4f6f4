import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startKeeper } from './keep.ts'

const lives = 'console.log("lives"); setInterval(() => {}, 1000)'
const ignoresSigterm = `process.on("SIGTERM", () => {}); ${lives}`
const within = { timeout: 15_000, interval: 50 }

/** False for a zombie too, which is a process that ended and that nobody has asked about. */
function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return state !== '' && !state.startsWith('Z')
  } catch {
    return false
  }
}

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-keep-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const where = () => ({ log: join(folder, 'log'), cwd: folder })
const toldThatItLives = () => expect.poll(() => readFile(where().log, 'utf8'), within).toContain('lives')

describe('a keeper', { timeout: 40_000 }, () => {
  it('ends its children and removes the folder when its asker is killed with SIGKILL', async () => {
    const asker = spawn(
      process.execPath,
      [
        '--input-type=module-typescript',
        '-e',
        `import { startKeeper } from ${JSON.stringify(new URL('./keep.ts', import.meta.url).href)}
         const keeper = startKeeper(process.argv[1])
         const where = { log: process.argv[1] + '/log', cwd: process.argv[1] }
         const child = await keeper.start(process.execPath, ['-e', process.argv[2]], where)
         console.log(JSON.stringify([keeper.pid, child.pid]))`,
        folder,
        ignoresSigterm,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [line] = await new Promise<string[]>(resolve => {
      createInterface({ input: asker.stdout }).once('line', text => resolve([text]))
    })
    const pids: number[] = JSON.parse(line ?? '')
    expect(pids).toHaveLength(2)
    await toldThatItLives()
    expect(pids.map(isAlive)).toEqual([true, true])

    asker.kill('SIGKILL')

    await expect.poll(() => pids.map(isAlive), within).toEqual([false, false])
    expect(existsSync(folder)).toBe(false)
  })

  it('leaves no child when it is itself killed, and tells its asker', async () => {
    const keeper = startKeeper(folder)
    const child = await keeper.start(process.execPath, ['-e', lives], where())
    await toldThatItLives()
    process.kill(keeper.pid, 'SIGKILL')
    await expect.poll(() => isAlive(child.pid), within).toBe(false)
    expect(await child.ended).toEqual({ why: 'the keeper ended', code: null })
    await expect(keeper.start(process.execPath, ['-e', lives], where())).rejects.toThrow('the keeper ended')
  })

  it('ends everything on close', async () => {
    const keeper = startKeeper(folder)
    const child = await keeper.start(process.execPath, ['-e', lives], where())
    await keeper.close()
    expect([keeper.pid, child.pid].map(isAlive)).toEqual([false, false])
    expect(existsSync(folder)).toBe(false)
  })

  it('kills one child and goes on with the others', async () => {
    const keeper = startKeeper(folder)
    const one = await keeper.start(process.execPath, ['-e', lives], where())
    const other = await keeper.start(process.execPath, ['-e', lives], where())
    await one.kill('SIGKILL')
    expect(await one.ended).toEqual({ why: 'SIGKILL', code: null })
    expect(isAlive(other.pid)).toBe(true)
    await keeper.close()
  })

  it('tells how a child ended by itself, and keeps what it printed', async () => {
    const keeper = startKeeper(folder)
    const child = await keeper.start(process.execPath, ['-e', 'console.error("why"); process.exit(3)'], where())
    expect(await child.ended).toEqual({ why: 'exit code 3', code: 3 })
    expect(await readFile(where().log, 'utf8')).toContain('why')
    await keeper.close()
  })
})
