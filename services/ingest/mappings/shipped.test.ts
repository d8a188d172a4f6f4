import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Seeded, seeded } from '../../../core/observable/seeded.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { partsOf } from '../parts.ts'
import type { MappedAlert } from '../sources/mapped.ts'
import { shippedMappings } from './load.ts'
import { shippedSet } from './mapper-set.ts'

const root = new URL('../../../test/fixtures/sources/', import.meta.url)

/** What really comes from a kind of source. */
function fixturesOf(kind: string): JsonObject[] {
  return readdirSync(new URL(`${kind}/`, root))
    .filter(name => /\.(?:json|ndjson)$/.test(name) && !name.endsWith('.golden.json'))
    .flatMap(name => partsOf(readFileSync(new URL(`${kind}/${name}`, root))))
    .flatMap(({ body }) => (body === undefined ? [] : [body]))
}

const mappedOf = (kind: string, body: JsonObject) =>
  shippedMappings()
    .find(mapper => mapper.kind === kind)
    ?.map(body, kind)

/** The fixtures that are no alerts are told by their policy. */
const isAlert = (kind: string) => (body: JsonObject) => mappedOf(kind, body)?.outcome === 'alert'

function alertOf(kind: string, body: JsonObject): MappedAlert {
  const mapped = mappedOf(kind, body)
  if (mapped?.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
  return mapped.alert
}

const kinds = shippedMappings().map(({ kind }) => kind)

describe('a mapping that ships', () => {
  it.each(kinds)('%s has fixtures, all of which it fits, and which no other kind reads', kind => {
    const bodies = fixturesOf(kind)
    expect(bodies.length).toBeGreaterThan(0)
    for (const body of bodies) expect(shippedSet().ofShape(body).kind).toBe(kind)
  })

  it.each(kinds)('%s makes an alert of any JSON that no policy keeps out, and never throws', kind => {
    const random = seeded(kind.length)
    const bodies = fixturesOf(kind).filter(isAlert(kind))
    const names = [...new Set(bodies.flatMap(Object.keys)), 'x']
    for (let round = 0; round < 300; round++) {
      const body = round % 2 === 0 ? damaged(random.one(bodies), random) : anyObject(random, names, 4)
      expect(alertOf(kind, body).title).not.toBe('')
    }
  })

  it.each(kinds)('%s gives an equal alert for equal content in another order', kind => {
    for (const body of fixturesOf(kind).filter(isAlert(kind))) {
      const turned = Object.fromEntries(Object.entries(body).reverse())
      const [alert, other] = [alertOf(kind, body), alertOf(kind, turned)]
      expect(other.sourceRef).toBe(alert.sourceRef)
      expect(other.content).toEqual(alert.content)
    }
  })
})

describe('what the contract says of a source', () => {
  const severityOf = (kind: string, body: JsonObject) => alertOf(kind, body).severity

  it.each([
    ['splunk', (word: string) => ({ urgency: word }), ['informational', 'low', 'medium', 'high', 'critical']],
    ['microsoft-defender', (word: string) => ({ severity: word }), ['informational', 'low', 'medium', 'high']],
    [
      'microsoft-sentinel',
      (word: string) => ({ properties: { severity: word } }),
      ['Informational', 'Low', 'Medium', 'High'],
    ],
    ['zircolite', (word: string) => ({ rule_level: word }), ['informational', 'low', 'medium', 'high', 'critical']],
    ['hayabusa', (word: string) => ({ Level: word }), ['info', 'low', 'med', 'high', 'crit']],
  ])('%s: its words are our severities', (kind, body, words) => {
    const meant = ['low', 'low', 'medium', 'high', 'critical'].slice(0, words.length)
    expect(words.map(word => severityOf(kind, body(word)))).toEqual(meant)
    expect(severityOf(kind, body('?'))).toBe('medium')
  })

  it('opensearch-alerting: triggers count the other way', () => {
    const of = (severity: unknown) => severityOf('opensearch-alerting', { trigger: { severity } })
    expect(['1', 2, '3', '4', '5', '9'].map(of)).toEqual(['critical', 'high', 'medium', 'low', 'low', 'medium'])
  })

  it('stix-sighting: the confidence of the indicator, in its bands', () => {
    const of = (confidence: unknown) => severityOf('stix-sighting', { type: 'sighting', confidence })
    expect([0, 29, 30, 69, 70, 100, 'much'].map(of)).toEqual([
      'low',
      'low',
      'medium',
      'medium',
      'high',
      'high',
      'medium',
    ])
  })

  it.each([
    ['splunk', 'notable-raw', '9C1B@@notable@@aa01'],
    ['microsoft-sentinel', 'incident-playbook', '73e01a99-5cd7-4139-a149-9f2736ff2ab5'],
    ['opensearch-alerting', 'document-monitor', 'm0nit0r2|tr1gg3r2|a1'],
    ['watcher', 'webhook', 'ssh-bruteforce|2026-03-04T10:10:59.998Z'],
  ])('%s: %s is known again by its own reference', (kind, name, ref) => {
    const [part] = partsOf(readFileSync(new URL(`${kind}/${name}.json`, root)))
    expect(alertOf(kind, part?.body ?? {})).toMatchObject({ sourceRef: ref, chosenRef: true })
  })

  it('splunk: an event_id is that of a notable only beside what notables have', () => {
    const of = (search_name: string, result: JsonObject) =>
      alertOf('splunk', { sid: 's', search_name, result: { event_id: '4625', ...result } })
    expect(of('a', { rule_title: 'r' })).toMatchObject({ sourceRef: '4625', chosenRef: true })
    const [one, other] = [of('a', { user: 'x' }), of('b', { user: 'x' })]
    expect([one.chosenRef, other.chosenRef]).toEqual([false, false])
    expect(one.content).not.toEqual(other.content)
  })

  const found = (kind: string, body: JsonObject, type: string) =>
    alertOf(kind, body).observables.flatMap(each => (each.type === type ? [`${each.path} ${each.value}`] : []))

  it('alertmanager: an alert that has ended is kept out by a policy', () => {
    const body = { status: 'resolved', startsAt: '2026-03-04T10:10:00Z', labels: { alertname: 'a' } }
    expect(mappedOf('alertmanager', body)).toMatchObject({ outcome: 'suppression', policy: 'alertmanager-resolved' })
    expect(mappedOf('alertmanager', { ...body, status: 'firing' })).toMatchObject({ outcome: 'alert' })
  })

  it('microsoft-defender: a key of the registry is told with its hive', () => {
    const registryKey = 'SOFTWARE\\Run'
    const evidence = [{ registryHive: 'HKEY_LOCAL_MACHINE', registryKey }, { registryKey }, 'x']
    expect(found('microsoft-defender', { evidence }, 'registry')).toEqual([
      'evidence[0].registryKey HKEY_LOCAL_MACHINE\\SOFTWARE\\Run',
      'evidence[1].registryKey SOFTWARE\\Run',
    ])
  })

  it.each([
    [{ host: 'a.example', uri: '/x', 'id.resp_p': 8080 }, 'uri http://a.example:8080/x'],
    [{ host: 'a.example', uri: '/x' }, 'uri http://a.example/x'],
    [{ host: 'a.example', uri: 'http://b.example/x', id: { resp_p: 3128 } }, 'uri http://b.example/x'],
    [{ uri: '/x' }, 'uri /x'],
  ])('zeek-log: a request has its URL: %j', (body, url) => {
    expect(found('zeek-log', body, 'url')).toEqual([url])
  })

  it('stix-sighting: a bundle that was made again has the content of the first', () => {
    const [body = {}] = fixturesOf('stix-sighting').filter(({ type }) => type === 'bundle')
    const again = { ...body, id: 'bundle--00000000-0000-4000-8000-000000000000' }
    expect(alertOf('stix-sighting', again).content).toEqual(alertOf('stix-sighting', body).content)
  })
})

/** A document with some of its values replaced by others, at any depth. */
function damaged(body: JsonObject, random: Seeded): JsonObject {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      if (random.below(4) === 0) return [key, anyValue(random, ['x'], 2)]
      return [key, isObject(value) ? damaged(value, random) : value]
    }),
  )
}

function anyObject(random: Seeded, names: readonly string[], depth: number): JsonObject {
  return Object.fromEntries(
    Array.from({ length: random.below(6) }, () => [random.one(names), anyValue(random, names, depth - 1)]),
  )
}

function anyValue(random: Seeded, names: readonly string[], depth: number): unknown {
  const plain = [
    null,
    true,
    '',
    ' ',
    '{',
    'x',
    0,
    -1,
    1e300,
    '2026-03-04',
    "[ipv4-addr:value = '1.2.3.4",
    'a="',
    ['x', 1],
  ]
  const kind = random.below(depth > 0 ? 4 : 2)
  if (kind < 2) return random.one(plain)
  if (kind === 2) return Array.from({ length: random.below(4) }, () => anyValue(random, names, depth - 1))
  return anyObject(random, names, depth)
}
