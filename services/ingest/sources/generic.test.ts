import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json-object.ts'
import { mapGeneric } from './generic.ts'
import { lineBody, lineOf } from './line.ts'
import type { MappedAlert } from './mapped.ts'

function alertOf(body: JsonObject): MappedAlert {
  const mapped = mapGeneric(body, 'generic')
  if (mapped.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
  return mapped.alert
}

describe('any JSON object', () => {
  it.each([
    [{}, 'Alert from generic'],
    [{ foo: 1, bar: ['x'] }, 'Alert from generic'],
    [{ title: 7 }, '7'],
    [
      { title: {}, severity: 'high', id: 'abcd', started: '2026-03-04T10:00:00Z', note: 'disk is full' },
      'disk is full',
    ],
    [{ event: { action: 'login' }, note: 'disk is full' }, 'login'],
    [{ source: { ip: '203.0.113.9' } }, 'Alert from generic'],
  ])('has a title: %j', (body, title) => {
    expect(alertOf(body).title).toBe(title)
  })

  it('is told of a field that could not be read by a tag, and is no loss', () => {
    expect(alertOf({ title: {}, severity: [], tags: ['a'] })).toMatchObject({
      severity: 'medium',
      tags: ['a', 'vigia:unread:title', 'vigia:unread:severity'],
    })
  })

  it('is refused where a key of ours is wrong', () => {
    const reason = 'vigia_title: expected a string, got an object'
    expect(mapGeneric({ vigia_title: {} }, 's')).toEqual({ outcome: 'rejection', reason })
  })

  it.each([
    [{ severity: 'High' }, 'high'],
    [{ severity: 4 }, 'critical'],
    [{ severity: '99' }, 'critical'],
    [{ severity: 'whatever' }, 'medium'],
    [{ severity: 'constructor' }, 'medium'],
    [{ event: { risk_score: 12 } }, 'low'],
    [{ rule: { level: 15 } }, 'critical'],
    [{ labels: { severity: 'warning' } }, 'medium'],
    [{ monitor: {}, trigger: { severity: '1' } }, 'critical'],
    [{ monitor: {}, trigger: { severity: 2 } }, 'high'],
    [{ monitor: {}, trigger: { severity: '3' } }, 'medium'],
    [{ monitor: {}, trigger: { severity: '4' } }, 'low'],
    [{ monitor: {}, trigger: { severity: '5' } }, 'low'],
    [{ monitor: {}, trigger: { severity: 'High' } }, 'high'],
    [{ trigger: { severity: '1' } }, 'low'],
    [{ monitor: {}, trigger: { severity: '1' }, vigia_severity: 'low' }, 'low'],
    [{}, 'medium'],
  ])('has the severity that its sender means: %j', (more, severity) => {
    expect(alertOf({ title: 't', ...more }).severity).toBe(severity)
  })

  it('is searched for observables in every text, with where they stand', () => {
    const body = { title: 't', note: 'see hxxp://evil[.]example/a', ips: { attacker_ip: '203.0.113.9' } }
    expect(alertOf(body).observables).toEqual([
      { type: 'url', value: 'http://evil.example/a', role: 'mentioned', path: 'note@4-27' },
      { type: 'ip', value: '203.0.113.9', role: 'source', path: 'ips.attacker_ip' },
    ])
  })
})

describe('a text', () => {
  it('is an alert of its own, with the text as its identity', () => {
    const text = `${'x'.repeat(200)} from 203.0.113.9\nsecond line`
    expect(alertOf(lineBody(text))).toMatchObject({
      ...{ type: 'line', title: 'x'.repeat(160), description: text, severity: 'medium', chosenRef: false },
      content: { vigia_line: text },
      observables: [{ type: 'ip', value: '203.0.113.9', role: 'mentioned', path: 'vigia_line@206-217' }],
    })
  })

  it('has the time and the host of its header', () => {
    const text = '2026-03-04T10:12:00.123Z web-01 Failed password'
    const alert = alertOf(lineBody(text, lineOf(text)))
    expect(alert).toMatchObject({ title: text, eventTime: '2026-03-04T10:12:00.123Z' })
    expect(alert.observables).toEqual([{ type: 'hostname', value: 'web-01', role: 'observer', path: 'host.name' }])
  })
})
