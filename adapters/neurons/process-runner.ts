import { tmpdir } from 'node:os'
import { messageOf } from '../../core/errors.ts'
import { toCortexPap, toCortexTlp } from '../../core/tlp.ts'
import type { AnalyzerJob, AnalyzerPort, AnalyzerReport } from './analyzer.ts'
import { normaliseDataType } from './data-type.ts'
import type { EnabledAnalyzer } from './enabled.ts'
import { argvOf } from './interpreter.ts'
import { makeJobDirectory, outputFiles, readOutput, removeJobDirectory } from './job-directory.ts'
import { type Mask, maskOf } from './masking.ts'
import { type Ended, runGroup } from './process-group.ts'
import { failure, readReport } from './report.ts'

export type ProcessRunner = {
  readonly analyzers: readonly EnabledAnalyzer[]
  /** Of these a neuron gets PATH, HOME, LANG, LC_ALL and the proxies, and nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where job directories are made; the system's folder for temporary files when absent. */
  readonly jobRoot?: string
}

const inherited = ['PATH', 'HOME', 'LANG', 'LC_ALL']
const proxyNames = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']

/**
 * Runs Cortex neurons as processes, by the job-directory contract (contract section 5). One job is one process in a
 * group of its own; nothing of it is left behind, whatever it does. Its exit code means nothing: its output does.
 * It rejects only where the job directory cannot be made or removed, which is this machine's fault and not the job's.
 */
export function processRunner(options: ProcessRunner): AnalyzerPort {
  const analyzers = new Map(options.analyzers.map(analyzer => [analyzer.id, analyzer]))
  return {
    run: async (job, signal) => {
      const analyzer = analyzers.get(job.analyzer)
      if (!analyzer) return failure('failed', `${job.analyzer} is not enabled here`)
      const refusal = refusalOf(analyzer, job)
      if (refusal !== undefined) return failure('failed', refusal)
      if (signal.aborted) return failure('aborted', 'it was stopped before it began')
      return runOne(options, analyzer, job, signal)
    },
  }
}

/** The second line behind the gate of the dispatcher: why no process is started for this job. */
function refusalOf(
  analyzer: Pick<EnabledAnalyzer, 'id' | 'egress' | 'dataTypes'>,
  job: AnalyzerJob,
): string | undefined {
  if (job.tlp === 'RED' && analyzer.egress !== 'none') {
    return `TLP:RED never leaves, and ${analyzer.id} has egress ${analyzer.egress}: it was not started`
  }
  const type = normaliseDataType(job.dataType)
  return analyzer.dataTypes.includes(type) ? undefined : `${analyzer.id} does not analyse ${type}: it was not started`
}

async function runOne(
  options: ProcessRunner,
  analyzer: EnabledAnalyzer,
  job: AnalyzerJob,
  signal: AbortSignal,
): Promise<AnalyzerReport> {
  const command = analyzer.definition.command
  if (command === undefined) return failure('crashed', `${analyzer.id} has no command`)
  const config = configOf(analyzer)
  const proxies = proxiesOf(options.env, config)
  const mask = maskOf([...analyzer.secrets(), ...passwordsIn(Object.values(proxies))])
  const directory = await makeJobDirectory(options.jobRoot ?? tmpdir(), inputOf(analyzer, job, config), config.cacerts)
  try {
    const argv = await argvOf(command).catch((error: unknown) => messageOf(error))
    if (typeof argv === 'string') return failure('crashed', `${analyzer.id} did not start: ${argv}`)
    const ended = await runGroup({
      argv: [...argv, directory.path],
      cwd: analyzer.definition.root,
      env: environmentOf(options.env, proxies, directory.cacerts),
      timeoutMs: analyzer.timeoutMs,
      signal,
    })
    return await reportOf(analyzer, ended, directory.path, mask)
  } finally {
    await removeJobDirectory(directory.path)
  }
}

async function reportOf(analyzer: EnabledAnalyzer, ended: Ended, path: string, mask: Mask): Promise<AnalyzerReport> {
  // Where the beginning is missing, half a secret may stand there, which no mask knows.
  const texts = ended.said.map(({ text, cut }) => mask.text(cut ? text.slice(mask.longest) : text).trim())
  const said = texts.filter(text => text !== '').join('\n')
  const saying = said === '' ? '' : `: ${said}`
  if (ended.how === 'aborted') return failure('aborted', 'it was stopped')
  if (ended.how === 'timeout') return failure('timeout', `it was stopped after ${analyzer.timeoutMs / 1000} s${saying}`)
  if (ended.how === 'not-started') return failure('crashed', `${analyzer.id} did not start${saying}`)
  const output = await readOutput(path)
  if (output.found === 'nothing') return failure('crashed', `it ended without output${saying}`)
  if (output.found === 'refused') return failure('output-invalid', `the analyzer's output is refused: ${output.why}`)
  const files = output.text.includes('"file"') ? await outputFiles(path) : new Map<string, string>()
  return readReport(output.text, { mask, files })
}

/** With a guard of its own in the neuron, where neither the definition nor the file sets one. */
function configOf(analyzer: EnabledAnalyzer): Record<string, unknown> {
  const config: Record<string, unknown> = { ...analyzer.config() }
  if (analyzer.egress !== 'none') {
    if (config.max_tlp === undefined) Object.assign(config, { check_tlp: true, max_tlp: toCortexTlp(analyzer.maxTlp) })
    const maxPap = toCortexPap(analyzer.egress === 'active' ? 'GREEN' : 'AMBER')
    if (config.max_pap === undefined) Object.assign(config, { check_pap: true, max_pap: maxPap })
  }
  const proxy = {
    ...(typeof config.proxy_http === 'string' ? { http: config.proxy_http } : {}),
    ...(typeof config.proxy_https === 'string' ? { https: config.proxy_https } : {}),
  }
  return Object.keys(proxy).length === 0 ? config : { ...config, proxy }
}

function inputOf(analyzer: EnabledAnalyzer, job: AnalyzerJob, config: Readonly<Record<string, unknown>>): unknown {
  const type = normaliseDataType(job.dataType)
  return {
    data: job.value,
    dataType: analyzer.definition.dataTypes.find(spelt => normaliseDataType(spelt) === type) ?? type,
    tlp: toCortexTlp(job.tlp),
    pap: toCortexPap(job.pap),
    message: job.message ?? '',
    parameters: job.parameters ?? {},
    config,
  }
}

function proxiesOf(
  env: Readonly<Record<string, string | undefined>>,
  config: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const proxies = picked(env, proxyNames)
  if (typeof config.proxy_http === 'string') proxies.http_proxy = config.proxy_http
  if (typeof config.proxy_https === 'string') proxies.https_proxy = config.proxy_https
  return proxies
}

function environmentOf(
  env: Readonly<Record<string, string | undefined>>,
  proxies: Readonly<Record<string, string>>,
  cacerts: string | undefined,
): Record<string, string> {
  return {
    ...picked(env, inherited),
    ...proxies,
    // cortexutils opens its files with the encoding of the locale and writes more than ASCII.
    PYTHONUTF8: '1',
    ...(cacerts === undefined ? {} : { REQUESTS_CA_BUNDLE: cacerts }),
  }
}

function picked(env: Readonly<Record<string, string | undefined>>, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of names) {
    const value = env[name]
    if (value !== undefined) found[name] = value
  }
  return found
}

function passwordsIn(urls: readonly string[]): string[] {
  return urls
    .flatMap(url => (URL.canParse(url) ? new URL(url).password : ''))
    .flatMap(part => (part ? [part, plain(part)] : []))
}

function plain(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
