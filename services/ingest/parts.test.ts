import { describe, expect, it } from 'vitest'
import { mappersWith } from './mappings/mapper-set.ts'
import { mostParts, partsOf } from './parts.ts'

const of = (text: string) => partsOf(Buffer.from(text))

it('gives each alert a bounded part of a wrapper, however large that is', () => {
  const large = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`k${n}`, n]))
  const parts = of(
    JSON.stringify({ rule: { name: 'r', deep: { a: 1 }, ...large }, alerts: Array.from({ length: 1000 }, () => ({})) }),
  )
  expect(parts).toHaveLength(1000)
  const rule = parts[0]?.body?.rule as Record<string, unknown>
  expect(rule).toMatchObject({ name: 'r' })
  expect(Object.keys(rule).length).toBeLessThanOrEqual(20)
  // Shared, not copied for each.
  expect(parts[999]?.body?.rule).toBe(rule)
})

describe('the parts of a raw record', () => {
  it.each([
    ['one object', '{"a":1}', [{ a: 1 }]],
    ['one object with a byte order mark', '\ufeff{"a":1}', [{ a: 1 }]],
    ['an array', '[{"a":1},{"b":2}]', [{ a: 1 }, { b: 2 }]],
    ['alerts', '{"alerts":[{"a":1},{"b":2}]}', [{ a: 1 }, { b: 2 }]],
    ['NDJSON', '{"a":1}\n{"b":2}\n\n', [{ a: 1 }, { b: 2 }]],
    ['NDJSON with CRLF', '{"a":1}\r\n{"b":2}\r\n', [{ a: 1 }, { b: 2 }]],
    ['JSON inside message', '{"@timestamp":"x","message":"{\\"a\\":1}"}', [{ a: 1 }]],
    ['text inside message', '{"@timestamp":"x","message":"{a"}', [{ '@timestamp': 'x', message: '{a' }]],
    ['an alert whose message is JSON', '{"title":"t","message":"{}"}', [{ title: 't', message: '{}' }]],
    ['an alert that lists no alerts', '{"title":"t","alerts":[]}', [{ title: 't', alerts: [] }]],
    ['a search hit', '{"_id":"i","_index":"x","_score":1,"_source":{"a":1}}', [{ a: 1, _id: 'i', _index: 'x' }]],
    ['a hit of the fields API', '{"_id":"i","_index":"x","fields":{"a":[1]}}', [{ a: [1], _id: 'i', _index: 'x' }]],
    ['a log line', '<132>Mar  4 11:05:12 wazuh-mgr-01 ossec: {"a":1}', [{ a: 1 }]],
    ['a log line inside message', '{"@timestamp":"x","message":"Mar  4 11:05:12 h p: {\\"a\\":1}"}', [{ a: 1 }]],
    ['a line of Logstash', '2026-03-04T10:12:00.123Z web-01 {"a":1}', [{ a: 1 }]],
    ['NDJSON between log lines', '{"a":1}\nMar  4 11:05:12 h p: {"b":2}', [{ a: 1 }, { b: 2 }]],
    [
      'names of alerts',
      '{"title":"t","alerts":["failed login","port scan"]}',
      [{ title: 't', alerts: ['failed login', 'port scan'] }],
    ],
    ['alerts that inherit the rule', '{"rule":{"name":"r"},"alerts":[{"a":1}]}', [{ a: 1, rule: { name: 'r' } }]],
  ])('are found in %s', (_, text, bodies) => {
    expect(of(text).map(part => part.body)).toEqual(bodies)
  })

  it.each([
    ['', 'VIG_ALERT_NOT_JSON', 'position 0: the value is empty'],
    ['  \n ', 'VIG_ALERT_NOT_JSON', 'position 4: the text ends'],
    ['{"a": NaN}', 'VIG_ALERT_NOT_JSON', 'position 6: NaN is not JSON'],
    ['{"a": [1, -Infinity]}', 'VIG_ALERT_NOT_JSON', 'position 10: -Infinity is not JSON'],
    ["{'a': 1}", 'VIG_ALERT_NOT_JSON', `position 1: unexpected "'"`],
    ['{"a":1,}', 'VIG_ALERT_NOT_JSON', 'position 7: unexpected "}"'],
    ['{"a":1} x', 'VIG_ALERT_NOT_JSON', 'position 8: text behind the end of the JSON'],
    ['{"a":"b', 'VIG_ALERT_NOT_JSON', 'position 7: the text ends'],
    ['a\u0000b', 'VIG_ALERT_NOT_JSON', 'position 0: unexpected "a"'],
    ['"cut o', 'VIG_ALERT_NOT_JSON', 'position 6: the text ends'],
    ['{"a":"\\x"}', 'VIG_ALERT_NOT_JSON', 'position 6: unexpected "\\\\"'],
    ['[1,', 'VIG_ALERT_NOT_JSON', 'position 3: the text ends'],
    ['{"a" 1}', 'VIG_ALERT_NOT_JSON', 'position 5: unexpected "1"'],
    ['{"a":1 "b"}', 'VIG_ALERT_NOT_JSON', 'position 7: unexpected "\\""'],
    ['[]', 'VIG_ALERT_NOT_OBJECT', 'the array is empty'],
    ['{"alerts":[]}', 'VIG_ALERT_NOT_OBJECT', 'alerts is empty'],
    ['"text"', 'VIG_ALERT_NOT_OBJECT', 'the value is a string, not an object'],
    ['12', 'VIG_ALERT_NOT_OBJECT', 'the value is a number, not an object'],
    ['null', 'VIG_ALERT_NOT_OBJECT', 'the value is null, not an object'],
  ])('are one rejection for %j', (text, code, reason) => {
    expect(of(text)).toEqual([{ code, reason }])
  })

  it.each([
    ['a match of ElastAlert2', { num_hits: 3, num_matches: 1, _id: 'A1', _index: 'k8s' }],
    ['an alert of Elastic Security', { 'kibana.alert.rule.name': 'r', 'kibana.alert.uuid': 'u' }],
    ['an alert of Wazuh', { rule: { level: 7 }, agent: { id: '001' } }],
    ['what a mapping that ships reads', { watch_id: 'w', payload: {} }],
  ])('are %s itself, although the message of its event is JSON', (_, alert) => {
    const body = { '@timestamp': 'x', message: '{"a":1}', ...alert }
    expect(of(JSON.stringify(body))).toEqual([{ body }])
  })

  it('are what a mapping of your own reads, although its message is JSON', () => {
    const text = 'kind: mine\nwhat: mine\nwhen:\n  - all: [my_id]\ntitle: [my_id]\n'
    const mappers = mappersWith(undefined, [{ path: 'mine.yaml', text }])
    const body = { '@timestamp': 'x', message: '{"a":1}', my_id: 'm' }
    const bytes = Buffer.from(JSON.stringify(body))
    expect(partsOf(bytes, mappers)).toEqual([{ body }])
    expect(partsOf(bytes)).toEqual([{ body: { a: 1 } }])
  })

  it('have what a shipper said to us, rather than what is said inside what it ships', () => {
    const message = '{"a":1,"vigia_source":"inner","vigia_ref":"i"}'
    const shipped = { '@timestamp': 'x', message, agent: {}, vigia_source: 'edge', vigia_tags: ['t'] }
    expect(of(JSON.stringify(shipped))).toEqual([
      { body: { a: 1, vigia_source: 'edge', vigia_ref: 'i', vigia_tags: ['t'] } },
    ])
  })

  it('are a document of its own for a text that is no JSON', () => {
    const text = 'Failed password for root\n  from 203.0.113.77'
    expect(of(text)).toEqual([{ body: { vigia_line: text } }])
    const line = 'Mar  4 10:05:01 web-01 sshd[2511]: Failed password'
    const head = { message: 'Failed password', host: { name: 'web-01' }, process: { name: 'sshd' } }
    expect(of(`${line}\n`)).toEqual([{ body: { vigia_line: line, ...head } }])
  })

  it('are one for each line only where each is a log line of its own', () => {
    const [first, second] = ['Mar  4 10:05:01 web-01 sshd: a', '2026-03-04T10:05:02Z fw-01 b']
    expect(of(`${first}\n${second}\n`).map(part => part.body?.vigia_line)).toEqual([first, second])
    expect(of(`${first}\n  at Main.java`).map(part => part.body?.vigia_line)).toEqual([`${first}\n  at Main.java`])
  })

  it('are one rejection for a tombstone and for what is not UTF-8, with the byte named', () => {
    expect(partsOf(null)).toEqual([{ code: 'VIG_ALERT_NOT_JSON', reason: 'position 0: the value is empty' }])
    const bytes = Buffer.concat([Buffer.from('{"a":"ñ\ufffd'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(partsOf(bytes)).toEqual([{ code: 'VIG_ALERT_NOT_UTF8', reason: 'byte 11: not UTF-8' }])
  })

  it('go on behind a broken one', () => {
    expect(of('{"a":1}\n{not json\n{"b":2}')).toEqual([
      { body: { a: 1 } },
      { code: 'VIG_ALERT_NOT_JSON', reason: 'line 2, position 1: unexpected "n"' },
      { body: { b: 2 } },
    ])
    expect(of('[{"a":1},7]')[1]).toEqual({
      code: 'VIG_ALERT_NOT_OBJECT',
      reason: 'element 1 is a number, not an object',
    })
    expect(of('{"alerts":["x",{}]}')[0]).toMatchObject({ reason: 'alerts[0] is a string, not an object' })
  })

  it('are one where pretty JSON is cut off, although a line of it is an object', () => {
    expect(of('[\n{"a":1},\n{"b":2}\n')).toEqual([{ code: 'VIG_ALERT_NOT_JSON', reason: 'position 19: the text ends' }])
  })

  it('are refused together where there are too many, or where one is nested too deep', () => {
    expect(of(`[${'{},'.repeat(mostParts)}{}]`)).toEqual([
      { code: 'VIG_ALERT_INVALID', reason: '10001 alerts in one record; at most 10000' },
    ])
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(of(deep)).toMatchObject([{ code: 'VIG_ALERT_INVALID' }])
    expect(of(`[${'['.repeat(100_000)}`)).toMatchObject([{ code: 'VIG_ALERT_NOT_JSON' }])
  })
})
