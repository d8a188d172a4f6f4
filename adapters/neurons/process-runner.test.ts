import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { analyzerContract } from './analyzer.contract.ts'
import type { AnalyzerJob, AnalyzerReport } from './analyzer.ts'
import { processRunner } from './process-runner.ts'
import { enable, stubsFolder } from './stubs/enable.ts'

let jobRoot: string
beforeAll(async () => {
  jobRoot = await mkdtemp(join(tmpdir(), 'vigia-runner-'))
})
afterAll(() => rm(jobRoot, { recursive: true }))

const env = { PATH: process.env.PATH, HOME: '/nowhere', VIGIA_API_KEY: 'leak-me-not', AWS_SECRET: 'leak-me-not-either' }
const never = new AbortController().signal

async function run(lines: string[], job: Partial<AnalyzerJob> = {}, signal = never): Promise<AnalyzerReport> {
  const analyzers = await enable(lines, { STUB_TOKEN: 'sesame-1234', HTTP_PROXY_URL: 'http://u:hunter22@127.0.0.1:9' })
  const base = {
    analyzer: analyzers[0]?.id ?? '',
    dataType: 'ip',
    value: '192.0.2.1',
    tlp: 'AMBER',
    pap: 'AMBER',
  } as const
  const report = await processRunner({ analyzers, env, jobRoot }).run({ ...base, ...job }, signal)
  expect(await readdir(jobRoot), 'job directories left behind').toEqual([])
  return report
}

analyzerContract('the process runner', async () => {
  const stubs = await enable(['{use: Echo, egress: none}', '{use: Fails, egress: none}', '{use: Slow, egress: none}'])
  const [lookup] = await enable(['{use: Echo, egress: passive}'])
  return processRunner({ analyzers: [...stubs, ...(lookup ? [{ ...lookup, id: 'Lookup_1_0' }] : [])], env })
})

describe('what a neuron is given', () => {
  const echo = async (line: string, job: Partial<AnalyzerJob> = {}) => {
    const report = await run([line], job)
    return report.success ? (report.full as Record<string, Record<string, unknown>>) : expect.fail(report.errorMessage)
  }

  it('is the input of the contract, with extraction off and nulls and defaults settled', async () => {
    const full = await echo('{use: Echo, egress: none, config: {url: "http://127.0.0.1", names: [a, b]}}', {
      tlp: 'RED',
      message: 'm',
      parameters: { user: 'u' },
    })
    expect(full.input).toEqual({
      data: '192.0.2.1',
      dataType: 'ip',
      tlp: 3,
      pap: 2,
      message: 'm',
      parameters: { user: 'u' },
      config: {
        service: 'echo',
        auto_extract_artifacts: false,
        url: 'http://127.0.0.1',
        names: ['a', 'b'],
        limit: 100,
      },
    })
    expect(full.cwd).toBe(stubsFolder)
    expect(full.argv).toEqual([expect.stringMatching(/^\/.*vigia-job-/)])
  })

  it('carries a guard of its own where the analyzer has egress', async () => {
    const full = await echo('{use: Echo, egress: active, maxTlp: AMBER}')
    expect(full.input?.config).toMatchObject({ check_tlp: true, max_tlp: 2, check_pap: true, max_pap: 1 })
  })

  it('spells the data type as the definition does', async () => {
    const full = await echo('{use: Echo, egress: none}', { dataType: 'mail-subject', value: 'hello' })
    expect(full.input?.dataType).toBe('mail_subject')
  })

  it('holds no variable of ours, but PATH, HOME and the proxies', async () => {
    const full = await echo('{use: Echo, egress: none, config: {proxy_http: {env: HTTP_PROXY_URL}}}')
    expect(Object.keys(full.environment ?? {}).sort()).toEqual(['HOME', 'PATH', 'PYTHONUTF8', 'http_proxy'])
    expect(full.input?.config).toMatchObject({ proxy: { http: 'REMOVED' } })
    expect(JSON.stringify(full)).not.toContain('hunter22')
  })

  it('is masked where it comes back', async () => {
    const full = await echo('{use: Echo, egress: none, config: {api_token: {env: STUB_TOKEN}}}', {
      message: 'see sesame-1234!',
    })
    expect(full.input).toMatchObject({ message: 'see REMOVED!', config: { api_token: 'REMOVED' } })
  })
})

describe('what becomes of odd neurons', () => {
  const failures: readonly [string, string, string | RegExp][] = [
    ['NumericError', 'failed', '404'],
    ['ObjectError', 'failed', /^\{"status":"bad"/],
    ['NoMessage', 'failed', /does not say why/],
    ['Nothing', 'crashed', /ended without output: some stdout text[\s\S]*it broke with/],
    ['Empty', 'crashed', /ended without output/],
    ['Partial', 'output-invalid', /cut short/],
    ['Array', 'output-invalid', /not an object/],
    ['TextTrue', 'output-invalid', /neither true nor false/],
    ['TextFull', 'output-invalid', /full is not an object/],
    ['NoFull', 'output-invalid', /full is not an object/],
    ['Deep', 'output-invalid', /nested deeper/],
    ['HugeOutput', 'output-invalid', /bytes, more than 8388608/],
    ['HugeStdout', 'crashed', /the end$/],
    ['Link', 'output-invalid', /cannot be read/],
  ]
  it.each(failures)('%s is %s', async (name, reason, message) => {
    const report = await run([`{use: ${name}, egress: none}`])
    expect(report).toMatchObject({ success: false, reason, errorMessage: expect.stringMatching(message) })
    expect(JSON.stringify(report).length).toBeLessThan(20_000)
  })

  it('masks secrets in a traceback', async () => {
    const report = await run(['{use: Nothing, egress: none, config: {api_token: {env: STUB_TOKEN}}}'])
    expect(report).toMatchObject({ errorMessage: expect.stringContaining('it broke with REMOVED') })
    expect(JSON.stringify(report)).not.toContain('sesame')
  })

  it('takes a success with exit code 9 and 300 kB of noise', async () => {
    expect(await run(['{use: NoisySuccess, egress: none}'])).toMatchObject({ success: true, full: { done: true } })
  })

  it('runs a script without the executable bit, with stdin at its end, in the root of the neurons', async () => {
    expect(await run(['{use: ShellSuccess, egress: none}'])).toMatchObject({
      success: true,
      full: { pwd: stubsFolder },
    })
  })

  it('skips only the bad parts of a report, and counts them', async () => {
    const report = await run(['{use: Artifacts, egress: none}'])
    expect(report).toEqual({
      success: true,
      taxonomies: [
        { level: 'info', namespace: 'Stub', predicate: 'Says', value: '1' },
        { level: 'suspicious', namespace: 'Stub', predicate: 'Says', value: '3/70' },
      ],
      artifacts: [
        { dataType: 'ip', data: '192.0.2.9', tags: ['autoImport:true'], tlp: 'GREEN', message: 'seen' },
        { dataType: 'port', data: '443', tags: [], tlp: null, message: '' },
        { dataType: 'domain', data: 'a.example', tags: [], tlp: 'RED', message: '' },
        {
          dataType: 'file',
          data: 'invoice.exe',
          tags: [],
          tlp: null,
          message: '',
          sha256: '277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9',
        },
      ],
      full: {},
      operations: [{ type: 'AddTagToCase', tag: 'x' }],
      dropped: 8,
    })
  })

  it('cuts a taxonomy of a million characters', async () => {
    const report = await run(['{use: HugeString, egress: none}'])
    expect(report.success && report.taxonomies[0]?.value.length).toBe(4000)
  })
})

describe('what is left of a neuron', () => {
  const gone = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
    } catch {
      return true
    }
  }
  const place = () => mkdtemp(join(tmpdir(), 'vigia-pid-'))

  it('says that it was stopped at its deadline, and what it had said', async () => {
    const report = await run(['{use: ShellSlow, egress: none, timeout: 0.5}'])
    expect(report).toMatchObject({
      success: false,
      reason: 'timeout',
      errorMessage: expect.stringContaining('after 0.5 s'),
    })
  })

  it('is not even a child that was to outlive it', async () => {
    const folder = await place()
    const pidFile = join(folder, 'pid')
    expect(await run(['{use: LeavesChild, egress: none}'], { parameters: { pidFile } })).toMatchObject({
      success: true,
    })
    const pid = Number(readFileSync(pidFile, 'utf8'))
    await vi.waitFor(() => expect(gone(pid)).toBe(true), 5000)
    await rm(folder, { recursive: true })
  })

  it('is no child when it is stopped', async () => {
    const folder = await place()
    const pidFile = join(folder, 'pid')
    const stop = new AbortController()
    const report = run(['{use: HangsWithChild, egress: none}'], { parameters: { pidFile } }, stop.signal)
    const pid = await vi.waitFor(() => Number(readFileSync(pidFile, 'utf8')), 15_000)
    expect(gone(pid)).toBe(false)
    stop.abort()
    expect(await report).toMatchObject({ success: false, reason: 'aborted' })
    await vi.waitFor(() => expect(gone(pid)).toBe(true), 5000)
    await rm(folder, { recursive: true })
  })
})

describe('what is never started', () => {
  it.each([
    ['TLP:RED with egress', '{use: Echo, egress: passive}', { tlp: 'RED' }, /TLP:RED never leaves/],
    [
      'a data type that it does not analyse',
      '{use: Echo, egress: none}',
      { dataType: 'hash' },
      /does not analyse hash/,
    ],
  ] as const)('%s', async (_what, line, job, message) => {
    const report = await run([line], job)
    expect(report).toMatchObject({ success: false, reason: 'failed', errorMessage: expect.stringMatching(message) })
  })
})
