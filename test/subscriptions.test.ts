import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
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
