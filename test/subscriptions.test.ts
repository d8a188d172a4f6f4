import { readdirSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Principal, principalsOf } from '../cli/acl/rights.ts'
import { topics } from '../schemas/catalogue.ts'

/** What reads the mirror: configurations of other programs, held against the catalogue and the rights. */

const prefix = 'vigia.'
const read = (path: string) => readFileSync(new URL(`../infra/${path}`, import.meta.url), 'utf8')
const filesOf = (folder: string, like: RegExp) =>
  readdirSync(new URL(`../infra/${folder}`, import.meta.url)).filter(name => like.test(name))

const siem = principalsOf(prefix).find(each => each.name === 'siem')

function mayRead(principal: Principal | undefined, resource: string, name: string): boolean {
  return (principal?.rights ?? []).some(
    right =>
      right.resource === resource &&
      right.operations.includes('READ') &&
      (right.pattern === 'literal' ? right.name === name : name.startsWith(right.name)),
  )
}

const connector = z.object({ name: z.string(), config: z.record(z.string(), z.string()) })
const connectors = filesOf('connect', /\.json$/).map(
  file => [file, connector.parse(JSON.parse(read(`connect/${file}`)))] as const,
)

describe('the sinks of Kafka Connect', () => {
  it('are there for each of the sinks that the page names', () => {
    expect(connectors.map(([file]) => file)).toEqual([
      'elasticsearch.json',
      'file.json',
      'opensearch.json',
      'splunk.json',
    ])
    for (const [file] of connectors) expect(read('connect/README.md')).toContain(`\`${file}\``)
  })

  it.each(connectors)(
    '%s: reads committed records of the mirror, from their beginning, with the rights of a SIEM',
    (_file, { config }) => {
      expect(config.topics).toBe(prefix + topics.ecs.name)
      expect(config['consumer.override.isolation.level']).toBe('read_committed')
      expect(config['consumer.override.auto.offset.reset']).toBe('earliest')
      expect(mayRead(siem, 'topic', config.topics ?? '')).toBe(true)
      expect(mayRead(siem, 'group', config['consumer.override.group.id'] ?? '')).toBe(true)
    },
  )

  it('have groups and names of their own', () => {
    const groups = connectors.map(([, { config }]) => config['consumer.override.group.id'])
    expect(new Set([...groups, ...connectors.map(([, { name }]) => name)]).size).toBe(2 * connectors.length)
  })

  it.each(connectors.filter(([file]) => /search/.test(file)))(
    '%s: the key is the id of the document',
    (_file, { config }) => {
      expect(config).toMatchObject({
        'key.ignore': 'false',
        'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
        'value.converter.schemas.enable': 'false',
        'schema.ignore': 'true',
      })
      expect(topics.ecs.key).toBe('event id')
    },
  )

  it.each(connectors.filter(([file]) => /search/.test(file)))(
    '%s: stops at a document that the index refuses, rather than lose it',
    (_file, { config }) => expect(config['behavior.on.malformed.documents']).toBe('fail'),
  )

  it.each(connectors)('%s: takes addresses and secrets from the environment', (_file, { config }) => {
    const places = Object.entries(config).filter(([name]) => /url|uri|token|user|password/.test(name))
    expect(places.filter(([, value]) => !/^\$\{env:[A-Z_]+\}$/.test(value))).toEqual([])
  })
})

/** The settings of the first plugin of this kind: lines `name => value`. */
function pluginIn(text: string, section: string, plugin: string): Record<string, string> {
  const inSection = text.slice(text.indexOf(`${section} {`))
  const from = inSection.indexOf(`${plugin} {`)
  const lines = inSection.slice(from, inSection.indexOf('\n  }', from)).split('\n')
  const settings = lines.flatMap(line => /^\s+([a-z_]+) => (.+)$/.exec(line)?.slice(1) ?? [])
  return Object.fromEntries(
    settings.flatMap((name, n) => (n % 2 === 0 ? [[name, (settings[n + 1] ?? '').replace(/^"(.*)"$/, '$1')]] : [])),
  )
}

describe('the pipelines of Logstash', () => {
  it.each([
    ['siem-elasticsearch.conf', 'elasticsearch'],
    ['siem-opensearch.conf', 'opensearch'],
  ])('%s: reads committed documents and creates each under its event id', (file, plugin) => {
    const text = read(`logstash/${file}`)
    const input = pluginIn(text, 'input', 'kafka')
    expect(input).toMatchObject({
      topics: `["${prefix}${topics.ecs.name}"]`,
      isolation_level: 'read_committed',
      auto_offset_reset: 'earliest',
      codec: 'json',
    })
    expect(mayRead(siem, 'group', input.group_id ?? '')).toBe(true)
    expect(pluginIn(text, 'output', plugin)).toMatchObject({ document_id: '%{[event][id]}', action: 'create' })
  })

  it('run with a queue on disk, and keep what the index refuses', () => {
    const [pipeline, ...others] = parse(read('logstash/pipelines.yml')) as Record<string, unknown>[]
    expect(others).toEqual([])
    expect(pipeline).toMatchObject({
      'queue.type': 'persisted',
      'queue.checkpoint.writes': 1,
      'dead_letter_queue.enable': true,
    })
    const file = String(pipeline?.['path.config']).split('/').at(-1) ?? ''
    expect(filesOf('logstash', /^siem-/)).toContain(file)
  })

  it('vigia.conf: sends to the topic of raw alerts, no more at once than it takes', () => {
    const output = pluginIn(read('logstash/vigia.conf'), 'output', 'kafka')
    expect(output.topic_id).toBe(prefix + topics.alertsRaw.name)
    expect(Number(output.max_request_size)).toBeLessThanOrEqual(topics.alertsRaw.maxMessageBytes)
    expect(output.acks).toBe('all')
  })

  it('would be seen with the name of another topic', () => {
    const text = read('logstash/siem-elasticsearch.conf').replace('vigia.ecs', 'vigia.esc')
    expect(pluginIn(text, 'input', 'kafka').topics).toBe('["vigia.esc"]')
    expect(mayRead(siem, 'topic', 'vigia.esc')).toBe(false)
    expect(mayRead(siem, 'group', 'vigia.reader.logstash')).toBe(false)
  })
})

type Mapping = { readonly type?: string; readonly properties?: Readonly<Record<string, Mapping>> }
type Template = {
  readonly index_patterns: readonly string[]
  readonly template: { readonly mappings: Mapping & { readonly date_detection: boolean } }
}

describe('the index template', () => {
  const { index_patterns: patterns, template } = JSON.parse(read('logstash/index-template.json')) as Template
  const matches = (index: string) =>
    patterns.some(pattern => (pattern.endsWith('*') ? index.startsWith(pattern.slice(0, -1)) : index === pattern))
  const typeOf = (path: readonly string[], from: Mapping = template.mappings): string | undefined =>
    path.reduce<Mapping | undefined>((at, name) => at?.properties?.[name], from)?.type

  it('is of every index that the configurations write to', () => {
    const { index = '' } = pluginIn(read('logstash/siem-elasticsearch.conf'), 'output', 'elasticsearch')
    expect(pluginIn(read('logstash/siem-opensearch.conf'), 'output', 'opensearch').index).toBe(index)
    // Kafka Connect names the index after the topic.
    for (const each of [index, ...connectors.flatMap(([, { config }]) => config.topics ?? [])]) {
      expect([each, matches(each)]).toEqual([each, true])
    }
    expect(matches('logs-vigia-2026')).toBe(false)
  })

  it('takes nothing for a date because the first document looked like one', () => {
    expect(template.mappings.date_detection).toBe(false)
  })

  const goldens = readdirSync(new URL('fixtures/mirror', import.meta.url))
  const leaves = goldens.flatMap(name =>
    leavesOf(JSON.parse(readFileSync(new URL(`fixtures/mirror/${name}`, import.meta.url), 'utf8'))),
  )

  it('takes every address for one, and every time', () => {
    const isTime = (value: unknown) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(value))
    const likely = leaves.map(({ path, value }) => {
      const expected = path.at(-1) === 'ip' ? 'ip' : isTime(value) ? 'date' : undefined
      return { path: path.join('.'), expected, type: typeOf(path) }
    })
    expect(new Set(likely.flatMap(({ path, expected }) => (expected === 'ip' ? [path] : [])))).toEqual(
      new Set(['source.ip', 'destination.ip', 'related.ip', 'threat.indicator.ip']),
    )
    expect(likely.filter(({ expected, type }) => expected !== undefined && expected !== type)).toEqual([])
  })

  it('fits what the mirror writes', () => {
    const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
      date: value => !Number.isNaN(Date.parse(String(value))),
      ip: value => isIP(String(value)) !== 0,
      long: value => Number.isSafeInteger(value),
      text: value => typeof value === 'string',
    }
    const wrong = leaves.filter(({ path, value }) => {
      const type = typeOf(path)
      return type !== undefined && fits[type]?.(value) !== true
    })
    expect(wrong).toEqual([])
  })
})

function leavesOf(value: unknown, path: readonly string[] = []): { path: readonly string[]; value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap(each => leavesOf(each, path))
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  return Object.entries(value).flatMap(([name, each]) => leavesOf(each, [...path, name]))
}
