import { execFile, spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { type Edit, edited, type Mutation } from './mutation.ts'

/** What a run of tests came to. `broken`: nothing was tested, as where a file does not load. */
export type Outcome = {
  readonly result: 'passed' | 'failed' | 'broken'
  readonly passed: number
  readonly failed: number
  readonly why: string
  readonly ms: number
}

/** A copy of the sources in which they may be changed. */
export type Sandbox = {
  /** Runs these tests with the edits made, and takes the edits back. Throws where an edit has no place. */
  run(edits: readonly Edit[], tests: readonly Mutation['tests'][], env: NodeJS.ProcessEnv): Promise<Outcome>
  remove(): Promise<void>
}

/** Of one test; one that hangs for want of a fix fails by it. */
const TEST_TIMEOUT_MS = 25_000
/** Of a run, beside what its tests may take. */
const START_TIMEOUT_MS = 120_000

export async function makeSandbox(root: string): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-mutations-'))
  const listed = await promisify(execFile)('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  })
  // A folder of modules is ignored by git, a link to one is not.
  for (const file of listed.stdout.split('\0').filter(name => name !== '' && name !== 'node_modules')) {
    // A file that git knows may be deleted by now.
    await cp(join(root, file), join(folder, file)).catch(() => {})
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))

  async function run(
    edits: readonly Edit[],
    tests: readonly Mutation['tests'][],
    env: NodeJS.ProcessEnv,
  ): Promise<Outcome> {
    const before = new Map<string, string>()
    try {
      for (const edit of edits) {
        const path = join(folder, edit.file)
        const text = await readFile(path, 'utf8')
        if (!before.has(path)) before.set(path, text)
        await writeFile(path, edited(text, edit))
      }
      return await vitest(folder, tests, env)
    } finally {
      for (const [path, text] of before) await writeFile(path, text)
    }
  }
  return { run, remove: () => rm(folder, { recursive: true, force: true }) }
}

async function vitest(folder: string, tests: readonly Mutation['tests'][], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const report = join(folder, 'vitest-report.json')
  await rm(report, { force: true })
  const began = Date.now()
  const titles = [...new Set(tests.map(({ title }) => title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))]
  const args = [
    ...['node_modules/vitest/vitest.mjs', 'run', '--project', 'broker', ...new Set(tests.map(({ file }) => file))],
    ...['-t', `(^| )(${titles.join('|')})`, '--testTimeout', String(TEST_TIMEOUT_MS)],
    ...['--reporter', 'json', '--outputFile', report],
  ]
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore' })
  // Hooks may hang as long as the test did.
  const longest = START_TIMEOUT_MS + tests.length * 2 * TEST_TIMEOUT_MS
  const timer = setTimeout(() => child.kill('SIGKILL'), longest)
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve))
  clearTimeout(timer)
  const ms = Date.now() - began
  const read = await readFile(report, 'utf8').catch(() => undefined)
  if (read === undefined) return { result: 'broken', passed: 0, failed: 0, why: `no report, exit code ${code}`, ms }
  return { ...outcomeIn(JSON.parse(read)), ms }
}

/** As much of vitest's JSON report as is needed. */
export type Report = {
  readonly testResults: readonly {
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly title: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

export function outcomeIn({ testResults }: Report): Omit<Outcome, 'ms'> {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  const failures = all.filter(({ status }) => status === 'failed')
  const passed = all.filter(({ status }) => status === 'passed').length
  const said = failures[0]?.failureMessages?.[0] ?? testResults.find(({ message }) => message)?.message ?? ''
  const first = said.includes('STACK_TRACE_ERROR') ? 'it did not end in time' : stripVTControlCharacters(said)
  const why =
    first
      .split('\n')[0]
      ?.replace(/^Error: /, '')
      .slice(0, 110) ?? ''
  if (failures.length === 0 && passed === 0) return { result: 'broken', passed, failed: 0, why }
  return { result: failures.length > 0 ? 'failed' : 'passed', passed, failed: failures.length, why }
}
