import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject } from './json-object.ts'
import { judge } from './judge.ts'
import { shippedSet } from './mappings/mapper-set.ts'
import { type Part, partsOf } from './parts.ts'
import { ingestRulesOf } from './rules.ts'

const at = Date.UTC(2026, 10, 24, 23)
const rules = ingestRulesOf()
const mappers = shippedSet().all.map(({ mapper }) => mapper)
const kinds = mappers.map(({ kind }) => kind)

function outcomesOf(parts: readonly Part[], source: string | null): string[] {
  const received = { tenant: null, source, topic: 'alerts.raw', at, parts: parts.length }
  return parts.map((each, part) => {
    const { outcome, eventTime, domain } = judge(rules, { ...received, part }, each)
    expect([Number.isSafeInteger(eventTime), domain]).toEqual([true, 'default'])
    return outcome.kind
  })
}

describe('no JSON', () => {
  it('makes a mapper or the judgement throw', () => {
    const next = seeded(20261124)
    const outcomes = new Set<string>()
    for (let round = 0; round < 3000; round++) {
      const body = objectOf(next, 4)
      for (const { map, fits } of mappers) {
        expect(typeof fits(body)).toBe('boolean')
        expect(map(body, 'x').outcome).toMatch(/^(?:alert|rejection|suppression)$/)
      }
      const source = next() < 0.5 ? null : pick(next, kinds)
      for (const kind of outcomesOf([{ body }], source)) outcomes.add(kind)
    }
    expect([...outcomes].sort()).toEqual(['alert', 'rejection', 'suppression'])
  })

  it('is lost: each part of any record has one outcome', () => {
    const next = seeded(7)
    for (let round = 0; round < 3000; round++) {
      const lines = Array.from({ length: 1 + Math.floor(next() * 4) }, () => textOf(next))
      const parts = partsOf(Buffer.from(lines.join('\n')))
      expect(parts.length).toBeGreaterThan(0)
      expect(outcomesOf(parts, null)).toHaveLength(parts.length)
    }
  })

  it.each([
    ['deep objects', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
    ['deep lists under a known name', `{"threat":{"enrichments":${'['.repeat(5000)}${']'.repeat(5000)}}}`],
    [
      'deep JSON inside message',
      JSON.stringify({ '@timestamp': 't', message: `{"a":${'['.repeat(3000)}${']'.repeat(3000)}}` }),
    ],
    [
      'a prototype',
      '{"__proto__":{"title":"x"},"constructor":{"prototype":{"title":1}},"rule":{"__proto__":{"level":9}}}',
    ],
    [
      'numbers beyond a double',
      '{"title":1e999,"severity":-1e999,"timestamp":1e308,"rule":{"level":1e400},"agent":{}}',
    ],
    ['half a character', '{"title":"\\ud800","vigia_ref":"\\udfff","tags":["\\ud800"]}'],
    [
      'many fields',
      JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`k${n}.a.b`, `v${n}`]))),
    ],
  ])('of %s is more than one outcome', (_, text) => {
    expect(outcomesOf(partsOf(Buffer.from(text)), null)).toHaveLength(1)
  })
})

/** mulberry32: the same numbers from 0 to 1 in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const keys = [
  ...['title', 'type', 'source', 'sourceRef', 'description', 'severity', 'tlp', 'pap', 'date', 'tags', 'artifacts'],
  ...['observables', 'event_type', 'alert', 'signature', 'signature_id', 'timestamp', 'http', 'hostname', 'url', 'dns'],
  ...['query', 'tls', 'sni', 'files', 'email', 'from', 'num_hits', 'num_matches', '_id', '_index', '_source', 'rule'],
  ...['name', 'level', 'vigia_tlp', 'vigia_tags', 'vigia_severity', 'vigia_line', 'message', 'source.ip', 'hash'],
  ...[
    'kibana.alert.uuid',
    'kibana',
    'kibana.alert.rule.name',
    'threshold_result',
    'ancestors',
    'threat',
    'enrichments',
  ],
  ...['matched', 'field', 'indicator', 'marking', 'technique', 'subtechnique', 'id', 'signal', 'agent', 'manager'],
  ...['all_fields', 'parameters', 'command', 'data', 'win', 'eventdata', 'hashes', 'syscheck', '@timestamp', 'ecs'],
  ...['event', 'event.kind', 'procedures', 'patternId', 'customFields', 'string', 'value', 'fields', 'alerts'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', 'a.b', '.', 'dataType', 'attachment'],
]
const values: readonly unknown[] = [
  ...[null, true, 0, 1, 3, -1, 2.5, 1e300, 2 ** 53, '', ' ', 'alert', 'high', '3', 'tlp:red', '203.0.113.9'],
  ...['evil.example', 'http://[::1', "['a', 'b']", "{'a': 1}", '[', '\ud800', '\u0000', 'constructor', '__proto__'],
  ...['a;b;c', '2026-13-45', '<a@b.example>', 'MD5=,SHA1', 'Alert Level: 3; Rule: 1 - a; Location: b; c', '{"a":1}'],
  ...['C:\\\\a\\\\b', 'destination.ip', 'T1059', 'delete', '{match[a]}', 'a\n\n@timestamp: x'],
]
const texts = [
  ...['{', '[', '"', '', ' ', '\u0000', 'Mar  4 10:05:01 h p: ', '<1>', '2026-03-04T10:12:00Z h ', 'text', '{"a":1}'],
  ...['Alert Level: 3; ', '{"@timestamp":"t","message":"{}"}', '7', 'null', '}', '{"alerts":[{},7]}', '\ufeff'],
]

function textOf(next: () => number): string {
  const made = next() < 0.4 ? JSON.stringify(objectOf(next, 2)) : pick(next, texts)
  return next() < 0.3 ? pick(next, texts) + made : made
}

function objectOf(next: () => number, depth: number): JsonObject {
  const pairs = Array.from({ length: Math.floor(next() * 8) }, () => [pick(next, keys), madeOf(next, depth)])
  const made: unknown = JSON.parse(
    `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`,
  )
  return isObject(made) ? made : {}
}

function madeOf(next: () => number, depth: number): unknown {
  const kind = next()
  if (depth > 0 && kind < 0.35) return objectOf(next, depth - 1)
  if (depth > 0 && kind < 0.5) return Array.from({ length: Math.floor(next() * 4) }, () => madeOf(next, depth - 1))
  return pick(next, values)
}

function pick<Item>(next: () => number, items: readonly Item[]): Item {
  return items[Math.floor(next() * items.length)] as Item
}
