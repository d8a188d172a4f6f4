import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import { loadDefinitions } from './definition.ts'
import { loadAnalyzers } from './enabled.ts'
import { stubsFolder } from './stubs/enable.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-enabled-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function load(text: string, env: Record<string, string> = {}) {
  const file = join(folder, 'analyzers.yaml')
  await writeFile(file, text)
  const { definitions } = await loadDefinitions([stubsFolder])
  return loadAnalyzers(file, definitions, env)
}

async function refusal(text: string): Promise<string[]> {
  const error = await load(text).catch((thrown: unknown) => thrown)
  if (!isVigiaError(error, 'VIG_FILE_INVALID')) return expect.fail('it was not refused')
  return error.message.split('\n').map(line => line.replace(`${folder}/`, ''))
}

describe('analyzers.yaml', () => {
  it('enables what it names, with the defaults of the plan', async () => {
    const { analyzers } = await load(`analyzers:
  - { use: Echo, egress: none }
  - { use: Fails_1_0, egress: passive, timeout: 5, parallel: 3, dataTypes: [mail_subject] }
  - { use: Slow, egress: active, maxTlp: AMBER }
`)
    expect(
      analyzers.map(({ id, egress, maxTlp, timeoutMs, parallel }) => [id, egress, maxTlp, timeoutMs, parallel]),
    ).toEqual([
      ['Echo_1_0', 'none', 'RED', 60_000, 1],
      ['Fails_1_0', 'passive', 'GREEN', 5000, 3],
      ['Slow_1_0', 'active', 'AMBER', 60_000, 1],
    ])
    expect(analyzers.map(({ dataTypes }) => dataTypes)).toEqual([
      ['ip', 'domain', 'mail-subject'],
      ['mail-subject'],
      ['ip', 'domain', 'mail-subject'],
    ])
  })

  it('takes secrets from the environment and from files beside it, and shows them to no JSON', async () => {
    await writeFile(join(folder, 'url.txt'), 'http://u:pw@127.0.0.1\n')
    const text =
      'analyzers: [{use: Echo, egress: none, config: {api_token: {env: T}, url: {file: url.txt}, limit: {env: N}}}]'
    const { analyzers } = await load(text, { T: 'sesame', N: '7' })
    expect(analyzers[0]?.config()).toMatchObject({ api_token: 'sesame', url: 'http://u:pw@127.0.0.1', limit: 7 })
    expect(analyzers[0]?.secrets()).toEqual(expect.arrayContaining(['sesame', 'http://u:pw@127.0.0.1']))
    expect(JSON.stringify(analyzers)).not.toMatch(/sesame|pw@/)
  })

  it('hashes the configuration with its secrets, whatever the order of its keys', async () => {
    const hash = async (config: string, T: string) => {
      const { analyzers } = await load(`analyzers: [{use: Echo, egress: none, config: {${config}}}]`, { T })
      return analyzers[0]?.configHash
    }
    const first = await hash('api_token: {env: T}, limit: 1', 'a')
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await hash('limit: 1, api_token: {env: T}', 'a')).toBe(first)
    expect(await hash('api_token: {env: T}, limit: 1', 'b')).not.toBe(first)
    expect(await hash('api_token: {env: T}, limit: 2', 'a')).not.toBe(first)
  })

  it('refuses a typo with file, line and the known names, all at once', async () => {
    expect(
      await refusal(`analyzers:
  - use: Echo
    egres: none
  - use: Fails
    egress: sometimes
    verdict: { suspicius: safe }
`),
    ).toEqual([
      'analyzers.yaml:2: analyzers[0].egress: Invalid option: expected one of "none"|"passive"|"active"',
      "analyzers.yaml:3: analyzers[0]: unknown key 'egres' (known: use, egress, maxTlp, config, timeout, dataTypes, verdict, parallel)",
      'analyzers.yaml:5: analyzers[1].egress: Invalid option: expected one of "none"|"passive"|"active"',
      "analyzers.yaml:6: analyzers[1].verdict: unknown key 'suspicius' (known: info, safe, suspicious, malicious)",
    ])
  })

  it('refuses what the neurons do not have, all at once', async () => {
    const lines = await refusal(`analyzers:
  - { use: Eho, egress: none }
  - use: Needy
    egress: none
  - use: Echo
    egress: passive
    maxTlp: RED
    dataTypes: [ip, hash]
    config:
      limt: 1
      limit: many
      api_token: { env: ABSENT }
  - { use: Echo_1_0, egress: none }
  - { use: Imaged, egress: none }
  - { use: Missing, egress: none }
  - { use: Files, egress: none }
`)
    const wanted: readonly [number, RegExp][] = [
      [2, /no neuron Eho is loaded; loaded are Echo_1_0/],
      [3, /Needy_1_0 needs config url \(text\), key \(text\)/],
      [7, /TLP:RED never leaves/],
      [8, /does not analyse hash: ip, domain, mail-subject/],
      [10, /no setting limt; known are .*api_token, url, limit, names/],
      [11, /limit must be a number/],
      [12, /ABSENT is not set/],
      [13, /named twice/],
      [14, /Docker image only/],
      [15, /there is no file .*missing\.py/],
      [16, /files are not analysed here/],
    ]
    expect(lines).toEqual(
      wanted.map(([line, cause]) => expect.stringMatching(new RegExp(`^analyzers.yaml:${line}: .*${cause.source}`))),
    )
  })

  it.each([
    ['YAML that is none', 'analyzers: [', 1],
    ['a key given twice', 'analyzers: []\nanalyzers: []\n', 2],
    ['an empty file', '', 1],
  ])('refuses %s with its line', async (_what, text, line) => {
    expect((await refusal(text))[0]).toMatch(new RegExp(`^analyzers.yaml:${line}: .`))
  })

  it('refuses a file that is not there', async () => {
    await expect(loadAnalyzers(join(folder, 'absent.yaml'), [], {})).rejects.toThrow(/ENOENT/)
  })
})
