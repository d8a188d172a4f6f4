import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { holderOf, keysOf } from '../../services/ingest/api/keys.ts'
import { exampleMapping } from '../docs/source-page.ts'
import { UsageError, type Verb } from '../verb.ts'
import { analyzer } from './analyzer.ts'
import { config } from './config.ts'
import { key } from './key.ts'
import { playbook } from './playbook.ts'
import { source } from './source.ts'

type Env = Readonly<Record<string, string>>

async function ran(verb: Verb, words: readonly string[], flags: object = {}, env: Env = {}) {
  const out: string[] = []
  const err: string[] = []
  const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), env }
  const code = await verb.run(words, { json: true, ...flags }, io)
  return { code, err: err.join('\n'), text: out.join('\n'), json: () => JSON.parse(out.join('\n')) }
}

function file(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'vigia-cli-')), name)
  writeFileSync(path, text)
  return path
}

const service = { VIGIA_KAFKA_BROKERS: 'b:9092', VIGIA_REGISTRY_URL: 'http://r' }

describe('key create', () => {
  it('gives a key that the API knows by its line', async () => {
    const { code, json } = await ran(key, ['create', 'ana'], { tenant: 'acme', role: 'analyst' })
    const made = json()
    expect(code).toBe(0)
    expect(holderOf(keysOf(made.line), `Bearer ${made.key}`)).toMatchObject({
      name: 'ana',
      tenant: 'acme',
      role: 'analyst',
    })
    expect(made.line).not.toContain(made.key)
  })

  it('refuses a role that there is not', async () => {
    await expect(ran(key, ['create', 'ana'], { role: 'root' })).rejects.toThrow(UsageError)
  })
})

describe('source test', () => {
  const alert = { title: 'A', type: 't', source: 's', sourceRef: 'r', description: 'd' }
  const artifacts = [{ dataType: 'ip', data: '198.51.100.7' }]

  it('gives the alerts, each observable with its type, value, role and path alone', async () => {
    const { code, json } = await ran(source, ['test', file('a.json', JSON.stringify({ ...alert, artifacts }))])
    expect(code).toBe(0)
    expect(json()).toHaveLength(1)
    expect(json()[0]).toMatchObject({ title: 'A', domain: 'default', tlp: 'AMBER' })
    expect(json()[0].observables).toContainEqual({
      ...{ type: 'ip', value: '198.51.100.7' },
      ...{ role: expect.any(String), path: expect.any(String) },
    })
  })

  it('reads each line of NDJSON, and the source that is said', async () => {
    const lines = [alert, { ...alert, sourceRef: 'r2' }].map(each => JSON.stringify(each)).join('\n')
    const { json } = await ran(source, ['test', file('a.ndjson', lines)], { source: 'thehive' })
    expect(json().map((each: { sourceRef: string }) => each.sourceRef)).toEqual(['r', 'r2'])
  })

  it.each([
    ['no JSON', '{ no json', 'VIG_ALERT_NOT_JSON'],
    ['an alert without what it must have', JSON.stringify({ ...alert, title: 7 }), 'VIG_ALERT_INVALID'],
  ])('exits 3 for %s, and says why beside an empty array', async (_what, text, why) => {
    const { code, err, json } = await ran(source, ['test', file('a.json', text)])
    expect(code).toBe(3)
    expect(json()).toEqual([])
    expect(err).toContain(why)
  })
})

describe('source test, with a mapping', () => {
  const body = JSON.stringify({ detection: { name: 'Beacon', score: 91 }, sensor: { id: 's', host: 'ws-1' } })
  const mapping = () => file('edr.yaml', exampleMapping)

  it('says which mapper read each part and where the fields come from', async () => {
    const { code, err, json } = await ran(source, ['test', file('a.json', body)], { mapping: mapping() })
    expect([code, err]).toEqual([0, ''])
    expect(json()[0]).toMatchObject({
      ...{ title: 'Beacon on ws-1', severity: 'critical', source: 'acme-edr' },
      mapper: { kind: 'acme-edr', origin: 'yours', by: 'shape' },
      from: { title: ['detection.name', 'sensor.host'], severity: ['detection.score'], sourceRef: ['<content>'] },
    })
    const told = await ran(source, ['test', file('a.json', body)], { mapping: mapping(), json: false })
    expect(told.text).toContain('read as acme-edr (yours), by its shape')
    expect(told.text).toContain('from detection.name, sensor.host')
  })

  it('says why the mapping was not chosen', async () => {
    const other = file('a.json', JSON.stringify({ title: 't', sensor: { id: 's' } }))
    const { err, json } = await ran(source, ['test', other], { mapping: mapping() })
    expect(json()[0]).toMatchObject({ mapper: { kind: 'generic' } })
    expect(err).toBe('acme-edr was not chosen: detection.name is not there')
  })

  it('reads with a mapping that has no shape as if it were declared, and takes the mappings of the settings', async () => {
    const shapeless = exampleMapping.replace(/when:\n.*\n/, '')
    const { json } = await ran(source, ['test', file('a.json', '{"x":1}')], { mapping: file('edr.yaml', shapeless) })
    expect(json()[0]).toMatchObject({ mapper: { kind: 'acme-edr', by: 'source' } })
    const env = { VIGIA_MAPPINGS: dirname(mapping()) }
    expect((await ran(source, ['test', file('a.json', body)], {}, env)).json()[0].source).toBe('acme-edr')
    const kinds = (await ran(source, ['list'], {}, env)).json()
    expect(kinds).toContainEqual({ kind: 'acme-edr', origin: 'yours', what: "the webhook of ACME's EDR" })
  })

  it('refuses a mapping that does not fit the format, with its line', async () => {
    const wrong = file('edr.yaml', exampleMapping.replace('title:', 'titel:'))
    await expect(ran(source, ['test', file('a.json', body)], { mapping: wrong })).rejects.toThrow('edr.yaml:5: ')
  })
})

describe('playbook test', () => {
  const good = 'name: p\nrules: [{ name: r, when: case.score >= 5, do: [{ action: notify.webhook, target: soc }] }]\n'

  it('gives the rules, in shadow unless they say otherwise', async () => {
    const { code, json } = await ran(playbook, ['test', file('p.yaml', good)])
    expect(code).toBe(0)
    expect(json().rules).toMatchObject([{ playbook: 'p', name: 'r', mode: 'shadow', do: [{ target: 'soc' }] }])
  })

  it('exits 1 with every problem of every file, each with its line', async () => {
    const typo = file('a.yaml', good.replace('case.score', 'case.skore'))
    const stranger = file('b.yaml', good.replace('name: p', 'name: q').replace('target: soc', 'target: sox'))
    const { code, json } = await ran(playbook, ['test', typo, stranger])
    expect(code).toBe(1)
    expect(json().problems).toMatchObject([
      { file: typo, line: 2, says: expect.stringContaining('skore') },
      { file: stranger, line: 2, says: expect.stringContaining("unknown target 'sox' (known: soc)") },
    ])
  })
})

describe('analyzer list', () => {
  it('shows every definition that was found, with the limits of those that may run', async () => {
    const { code, json } = await ran(analyzer, ['list'])
    expect(code).toBe(0)
    expect(json().analyzers).toContainEqual(
      expect.objectContaining({ id: 'MispWarninglists_1_0', enabled: true, egress: 'none', maxTlp: 'RED' }),
    )
  })
})

describe('config check', () => {
  it('is fine with what every service needs', async () => {
    const { code, json } = await ran(config, ['check'], {}, service)
    expect(code).toBe(0)
    expect(json().services).toHaveLength(5)
  })

  it('exits 1 with the problems of settings and of files at once', async () => {
    const env = { VIGIA_REGISTRY_URL: 'http://r', VIGIA_ANALYZERS: file('analyzers.yaml', 'analyzer: []') }
    const { code, json } = await ran(config, ['check', 'analyzer-dispatcher'], {}, { ...env, VIGIA_PREFX: 'x.' })
    const problems = json().services[0].problems.join('\n')
    expect(code).toBe(1)
    for (const each of ['VIGIA_KAFKA_BROKERS: is missing', 'VIGIA_PREFX: no such setting', 'analyzers.yaml:1'])
      expect(problems).toContain(each)
  })

  it('refuses a service that there is not', async () => {
    await expect(ran(config, ['check', 'ingst'], {}, service)).rejects.toThrow(UsageError)
  })
})
