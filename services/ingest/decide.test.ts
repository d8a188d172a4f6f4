import { describe, expect, it } from 'vitest'
import { eventIdOf } from '../../core/ids.ts'
import type { Decision } from '../../runtime/decision.ts'
import { stamper } from '../../runtime/engine/stamp.ts'
import type { RawEvent } from '../../runtime/stage.ts'
import type { DeadLetterRecord } from '../../schemas/generated/types.ts'
import { ingestRaw } from './decide.ts'
import { fixtureNames, fixtureText, recordedBodies, recordedPayloads } from './fixture-reader.ts'
import { mappersWith } from './mappings/mapper-set.ts'
import { ingestRulesOf } from './rules.ts'
import { type Origin, sealHeaders } from './trust.ts'

const secret = 'a secret of the API'
const rules = ingestRulesOf({ secret })
const at = 1_795_561_175_020
const empty = { get: () => undefined, all: () => [] }

function decisionOn(
  value: Buffer | string | null,
  headers: RawEvent['headers'] = {},
  under = rules,
  key = Buffer.from('k'),
): Decision {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  const raw = { rawId: 'alerts.raw/2/7', at, key, value: bytes, headers }
  return ingestRaw(under)(empty, raw, { now: at, origin: { topic: 'alerts.raw', partition: 2, offset: 7 } })
}

/** `topic kind source code`, for each event in order. */
function told(decision: Decision): string[] {
  return decision.writes.map(({ topic, draft }) => {
    const { alert, rejection, suppression, deadLetter } = (draft ?? {}) as unknown as Record<
      string,
      Record<string, unknown> | undefined
    >
    const body = alert ?? rejection ?? suppression ?? deadLetter
    return [topic.name, draft?.kind, body?.source, body?.code ?? body?.policy].filter(Boolean).join(' ')
  })
}

describe('a raw record', () => {
  it('ends as one event for each of its parts, keyed by domain and event id', () => {
    const decision = decisionOn('[{"title":"a"},{"event_type":"flow","flow_id":1},{"title":"b"}]')
    expect(told(decision)).toEqual([
      'alerts alert generic',
      'alerts suppression suricata suricata-not-an-alert',
      'alerts alert generic',
    ])
    expect(decision.remembers).toEqual([])
    expect(decision.writes.map(write => write.draft?.causeId)).toEqual([0, 1, 2].map(part => `alerts.raw/2/7#${part}`))
    expect(decision.writes[1]).toMatchObject({
      key: `default#${eventIdOf('alerts.raw/2/7#1', 'ingest.normalise', 'suppression', 0)}`,
      draft: {
        rawId: 'alerts.raw/2/7',
        domain: 'default',
        tenant: 'default',
        tlp: 'AMBER',
        pap: 'AMBER',
        eventTime: at,
        suppression: { part: 1, parts: 3 },
      },
    })
  })

  it('is read whole by a mapping of your own that it fits, although its message is JSON', () => {
    const text = 'kind: mine\nwhat: mine\nwhen:\n  - all: [my_id]\ntitle: [my_id]\n'
    const mine = ingestRulesOf({ mappers: mappersWith(undefined, [{ path: 'mine.yaml', text }]) })
    const record = JSON.stringify({ '@timestamp': 'x', message: '{"title":"a"}', my_id: 'm' })
    expect(told(decisionOn(record, {}, mine))).toEqual(['alerts alert mine'])
    expect(told(decisionOn(record))).toEqual(['alerts alert generic'])
  })

  it('has the id of its event in its key, as the engine stamps it', () => {
    const cause = { id: 'x', rawId: 'x', domain: 'd', tenant: 't', tlp: 'RED', pap: 'RED', eventTime: 0, at: 0 }
    const stamp = stamper('ingest.normalise', cause, rules.hash, at)
    const { writes } = decisionOn('[{"title":"a"},7,{"title":"b"},{"event_type":"flow","flow_id":1}]')
    for (const { topic, key, draft } of writes) {
      const event = stamp(draft ?? { kind: 'none' })
      if (topic.name === 'alerts') expect(key).toBe(`${event.domain}#${event.id}`)
    }
    expect(writes).toHaveLength(5)
  })

  it.each([
    ['not JSON', '{"title": "cut o', 'unknown', 'NOT_JSON', /^position 16: /],
    ['no text', 'a\u0000b', 'unknown', 'NOT_JSON', /^position 0: /],
    ['NaN', '{"title": NaN}', 'unknown', 'NOT_JSON', /^position 10: NaN is not JSON$/],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff]), 'unknown', 'NOT_UTF8', /^byte 1: /],
    ['a tombstone', null, 'unknown', 'NOT_JSON', /^position 0: /],
    ['JSON that is no object', '[7]', 'unknown', 'NOT_OBJECT', /^element 0 is a number/],
    [
      'a missing title',
      '{"type":"t","source":"s","sourceRef":"r","description":"d"}',
      's',
      'INVALID',
      /^title: missing$/,
    ],
    [
      'a wrong type',
      '{"type":"t","source":"s","sourceRef":"r","description":"d","title":"t","severity":"high"}',
      's',
      'INVALID',
      /^severity: expected an integer, got a string$/,
    ],
    ['a wrong key of ours', '{"vigia_title":{}}', 'generic', 'INVALID', /^vigia_title: expected a string/],
  ])('that is %s is a rejection with its code, and a dead letter with the bytes', (_, value, source, code, reason) => {
    const decision = decisionOn(value)
    expect(told(decision)).toEqual([
      `alerts rejection ${source} VIG_ALERT_${code}`,
      `dlq dead-letter VIG_ALERT_${code}`,
    ])
    expect(decision.writes[1]).toMatchObject({
      key: 'k',
      draft: {
        causeId: 'alerts.raw/2/7#0',
        deadLetter: {
          reason: expect.stringMatching(reason),
          service: 'ingest',
          stage: 'ingest.normalise',
          topic: 'alerts.raw',
          partition: 2,
          offset: 7,
          timestamp: at,
          part: null,
          value: value === null ? null : Buffer.from(value),
        },
      },
    })
  })

  it('does not repeat large bytes in the dead letter of each part', () => {
    const decision = decisionOn(`[7,8,"${'x'.repeat(3 * 1024 * 1024)}",{"title":"t"}]`)
    const letters = decision.writes.flatMap(({ draft }) => (draft?.kind === 'dead-letter' ? [draft] : []))
    expect(letters).toMatchObject([
      { deadLetter: { part: 0, value: expect.any(Buffer) } },
      { deadLetter: { part: 1, value: null, reason: expect.stringContaining('first dead letter of alerts.raw/2/7') } },
      { deadLetter: { part: 2, value: null } },
    ])
    expect(told(decision).filter(line => line.startsWith('alerts'))).toHaveLength(4)
  })
})

describe('the dead letters of one record', () => {
  const letters = (value: string, headers: RawEvent['headers'], key = Buffer.from('k')) =>
    decisionOn(value, headers, rules, key).writes.flatMap(({ draft, key: letterKey }) =>
      draft?.kind === 'dead-letter' ? [{ ...(draft as unknown as DeadLetterRecord).deadLetter, letterKey }] : [],
    )
  const bytesIn = ({ headers, value, key, letterKey }: ReturnType<typeof letters>[number]) => {
    const parts = [...Object.values(headers), value, key, letterKey]
    return parts.reduce((sum, each) => sum + (each?.length ?? 0), 0)
  }
  const refused = (count: number) => JSON.stringify(Array(count).fill(1))

  it.each<[string, RawEvent['headers'], Buffer<ArrayBuffer>]>([
    ['headers', { trace: Buffer.alloc(1024 * 1024) }, Buffer.from('k')],
    ['a key', {}, Buffer.alloc(1024 * 1024)],
  ])('hold no more than one record may, where it has large %s', (_, headers, key) => {
    const all = letters(refused(2000), headers, key)
    expect(all).toHaveLength(2000)
    expect(all[0]?.headers).toBe(headers)
    expect(all[0]?.key).toBe(key)
    expect(all[0]?.value?.toString()).toBe(refused(2000))
    expect(all.at(-1)).toMatchObject({ part: 1999, key: null, value: null, headers: {} })
    expect(all.reduce((sum, each) => sum + bytesIn(each), 0)).toBeLessThan(5 * 1024 * 1024)
  })

  it('say what the API sealed in each of them, so that each can be driven again as what it was', () => {
    const value = refused(2)
    const sealed = sealHeaders(
      { tenant: 'acme', source: 'edr', origin: 'accepted', refused: null, redrive: { origin: 'a/0/1#2', attempt: 3 } },
      Buffer.from(value),
      secret,
    )
    const all = letters(value, { ...sealed, trace: Buffer.alloc(3 * 1024 * 1024) })
    expect(Object.keys(all[0]?.headers ?? {})).toContain('trace')
    expect(all[1]).toMatchObject({ value: null, headers: sealed })
    expect(Object.keys(all[1]?.headers ?? {})).not.toContain('trace')
  })

  it('leave out the bytes of what is larger than a dead letter', () => {
    const all = letters(refused(2), { trace: Buffer.alloc(5 * 1024 * 1024) })
    expect(
      all.map(({ value, headers, reason }) => [value, headers, /bytes are left out: see alerts.raw/.test(reason)]),
    ).toEqual([
      [null, {}, true],
      [null, {}, true],
    ])
  })
})

describe('what the rules cannot judge', () => {
  const broken = { ...rules, mappers: { ...rules.mappers, ofShape: failing, ofDeclared: failing } }

  function failing(): never {
    throw new Error('a bug')
  }

  it('is a rejection of the tenant and the source that the seal names, and the other parts go on', () => {
    const value = Buffer.from('[{"title":"t"},7]')
    const sealed = sealHeaders({ tenant: 'acme', source: 'edr', origin: 'accepted', refused: null }, value, secret)
    const decision = decisionOn(value, sealed, broken)
    expect(told(decision)).toEqual([
      'alerts rejection edr VIG_DECISION_FAILED',
      'dlq dead-letter VIG_DECISION_FAILED',
      'alerts rejection edr VIG_ALERT_NOT_OBJECT',
      'dlq dead-letter VIG_ALERT_NOT_OBJECT',
    ])
    expect(decision.writes[1]?.draft).toMatchObject({
      ...{ tenant: 'acme', domain: 'acme', causeId: 'alerts.raw/2/7#0' },
      deadLetter: { part: 0, reason: 'a bug', value },
    })
  })
})

describe('headers', () => {
  const body = Buffer.from('{"title":"t"}')
  const origin: Origin = { tenant: 'acme', source: 'edr', origin: 'accepted', refused: null }

  it('say tenant and source under the seal of the API', () => {
    const decision = decisionOn(body, sealHeaders(origin, body, secret))
    expect(decision.writes[0]?.draft).toMatchObject({ tenant: 'acme', domain: 'acme', alert: { source: 'edr' } })
    expect(decision.writes[0]?.key.startsWith('acme#')).toBe(true)
  })

  it.each([
    ['under another secret', sealHeaders(origin, body, 'another')],
    ['of another body', sealHeaders(origin, Buffer.from('{}'), secret)],
    ['without a seal', { 'vigia-tenant': Buffer.from('acme'), 'vigia-refused': Buffer.from('x') }],
  ])('are not believed %s', (_, headers) => {
    expect(decisionOn(body, headers).writes[0]?.draft).toMatchObject({
      tenant: 'default',
      alert: { source: 'generic' },
    })
  })

  it('make a redrive stand for the part that was sent first, as its own event', () => {
    const redrive = { origin: 'alerts.raw/0/3#5', attempt: 2 }
    const letter = (value: Buffer) => decisionOn(value, sealHeaders({ ...origin, redrive }, value, secret)).writes
    expect(letter(body)).toMatchObject([
      { draft: { causeId: 'alerts.raw/2/7#0', attempt: 2, kind: 'alert', alert: { origin: 'alerts.raw/0/3#5' } } },
    ])
    expect(letter(Buffer.from('{'))).toMatchObject([
      { draft: { causeId: 'alerts.raw/2/7#0', attempt: 2, rejection: { origin: 'alerts.raw/0/3#5' } } },
      { topic: { name: 'dlq' }, draft: { attempt: 2, deadLetter: { code: 'VIG_ALERT_NOT_JSON' } } },
    ])
    expect(letter(Buffer.from('{"event_type":"flow","flow_id":1}'))).toMatchObject([
      { draft: { attempt: 2, suppression: { origin: 'alerts.raw/0/3#5' } } },
    ])
    expect(decisionOn(body, { 'vigia-redrive': Buffer.from('2 alerts.raw/0/3#5') }).writes).toMatchObject([
      { draft: { attempt: 0, alert: { origin: null } } },
    ])
  })

  it('make a body that the API refused one rejection with its reason, whatever is in it', () => {
    const bodies = Buffer.from('[{"title":"a"},{"title":"b"}]')
    const refused: Origin = { ...origin, origin: 'refused', refused: 'tlp: expected an integer, got a string' }
    const decision = decisionOn(bodies, sealHeaders(refused, bodies, secret))
    expect(told(decision)).toEqual(['alerts rejection edr VIG_ALERT_REFUSED', 'dlq dead-letter VIG_ALERT_REFUSED'])
    expect(decision.writes[0]?.draft).toMatchObject({
      tenant: 'acme',
      rejection: { part: 0, parts: 1, reason: 'tlp: expected an integer, got a string' },
    })
  })
})

describe('what real programs sent', () => {
  it.each([
    ['elastalert2-command-kcat', recordedPayloads('recorded/elastalert2-command-kcat.kafka.jsonl'), { alert: 4 }],
    ['suricata through rsyslog', recordedPayloads('recorded/rsyslog-suricata-to-kafka.kafka.jsonl'), { alert: 12 }],
    ['suricata as one file', [fixtureText('recorded/suricata-7.0.10-eve.ndjson')], { alert: 10, suppression: 33 }],
    ['Logstash', recordedPayloads('sources/ecs/logstash-kafka-output.kafka.jsonl'), { alert: 3 }],
    ['Wazuh syslog', fixtureText('sources/wazuh/wazuh4-syslog-output.log').trim().split('\n'), { alert: 2 }],
  ])('ends as counted: %s', (_, values, counts) => {
    const ended: Record<string, number> = {}
    for (const line of values.flatMap(value => told(decisionOn(value)))) {
      const [topic, kind = ''] = line.split(' ')
      if (topic === 'alerts') ended[kind] = (ended[kind] ?? 0) + 1
    }
    expect(ended).toEqual(counts)
  })

  it('has as many fingerprints as alerts, resends and restarts included', () => {
    const names = [
      ...fixtureNames('recorded/', /^elastalert2-hive/),
      ...fixtureNames('recorded/failures/', /^elastalert2-fail/),
    ]
    const bodies = names.flatMap(name => recordedBodies(name, '/api/alert'))
    const prints = bodies.map(
      body => decisionOn(JSON.stringify(body)).writes[0]?.draft as { alert?: { fingerprint: string } },
    )
    expect(prints).toHaveLength(33)
    expect(new Set(prints.map(draft => draft.alert?.fingerprint)).size).toBe(15)
  })
})
