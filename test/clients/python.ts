import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '../../core/errors.ts'
import { cacheFolder, once } from '../../infra/local/artifact.ts'

const execute = promisify(execFile)

export type Ran = { readonly stdout: string; readonly stderr: string }

/** A Python with packages of its own. `run` takes a script or `-m module`, and rejects with what was said where it exits with another code than 0. */
export type Python = {
  readonly binary: string
  run(args: readonly string[], options?: { readonly cwd?: string; readonly timeoutMs?: number }): Promise<Ran>
}

type Version = readonly [major: number, minor: number]

/**
 * Packages from PyPI, installed once into the cache under their names and versions. ElastAlert2 says that it wants Python 3.12; where there
 * is only 3.11 it is installed all the same, since it runs there.
 */
export async function pythonWith(packages: readonly string[], least: Version = [3, 11]): Promise<Python> {
  const { binary: base, version } = await interpreter(least)
  const name = `${packages.join('_').replaceAll('==', '-')}-py${version.join('.')}`
  const folder = await once(join(cacheFolder(process.env), 'python', name), async building => {
    console.log(`fetching ${packages.join(', ')} for Python ${version.join('.')} (once)`)
    await run(base, ['-m', 'venv', building])
    const own = join(building, 'bin', 'python')
    await run(own, ['-m', 'pip', 'install', '--quiet', '--no-compile', '--ignore-requires-python', ...packages])
  })
  const binary = join(folder, 'bin', 'python')
  return { binary, run: (args, options) => run(binary, args, options) }
}

async function run(
  binary: string,
  args: readonly string[],
  { cwd, timeoutMs = 300_000 }: { readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<Ran> {
  try {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' }
    const limits = { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 }
    return await execute(binary, [...args], { env, ...limits, ...(cwd === undefined ? {} : { cwd }) })
  } catch (error) {
    const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : ''
    throw new Error(`${args.join(' ')}: ${said.trim().split('\n').slice(-12).join('\n') || messageOf(error)}`)
  }
}

/** The oldest that is new enough, else the newest there is. */
async function interpreter([major, minor]: Version): Promise<{ readonly binary: string; readonly version: Version }> {
  const own = join(homedir(), '.pyenv', 'versions')
  const kept = await readdir(own).catch(() => [])
  const candidates = [
    ...['python3', 'python3.11', 'python3.12', 'python3.13'],
    ...kept.map(version => join(own, version, 'bin', 'python3')),
  ]
  const found: { readonly binary: string; readonly version: Version }[] = []
  for (const binary of candidates) {
    const said = await execute(binary, ['-c', 'import sys, venv; print(*sys.version_info[:2])']).catch(() => undefined)
    const [a = 0, b = 0] = said?.stdout.trim().split(' ').map(Number) ?? []
    if (a === 3) found.push({ binary, version: [a, b] })
  }
  found.sort((left, right) => left.version[1] - right.version[1])
  const fitting = found.find(({ version }) => version[0] === major && version[1] >= minor) ?? found.at(-1)
  if (fitting === undefined) throw new Error('there is no Python 3 on this machine: install Python 3.11 or later')
  return fitting
}
