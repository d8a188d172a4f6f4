import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json-object.ts'
import { ecs, mapEcs } from './ecs.ts'
import type { MappedAlert } from './mapped.ts'

function alertOf(body: JsonObject): MappedAlert {
  const mapped = mapEcs({ '@timestamp': '2026-03-04T10:00:00Z', '@version': '1', ...body }, 'ecs')
  if (mapped.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
  return mapped.alert
}

describe('an ECS event', () => {
  it.each([
    ['its version', { ecs: { version: '8.11.0' } }, true],
    ['what Logstash adds', { '@version': '1' }, true],
    ['what Beats add', { '@metadata': {} }, true],
    ['an event object', { event: {} }, true],
    ['literal keys', { 'event.kind': 'alert' }, true],
    ['an event that is a text', { event: 'login' }, false],
    ['nothing else', { message: 'm' }, false],
  ])('is known by its time and %s', (_, body, fits) => {
    expect(ecs.fits({ '@timestamp': 't', ...body })).toBe(fits)
    expect(ecs.fits(body)).toBe(false)
  })

  it.each([
    [{ 'event.severity': 73 }, 'high'],
    [{ 'event.severity': 1 }, 'medium'],
    [{ 'event.severity': 1, 'event.module': 'suricata' }, 'high'],
    [{ 'event.severity': 3, event: { module: 'suricata' } }, 'low'],
    [{ log: { level: 'error' }, event: { risk_score: 12 } }, 'high'],
    [{ event: { risk_score: 12 } }, 'low'],
    [{ event: { risk_score: 99.5 } }, 'critical'],
    [{}, 'medium'],
  ])('with %j is %s', (more, severity) => {
    expect(alertOf(more).severity).toBe(severity)
  })

  it.each([
    [{ rule: { name: 'r' }, event: { action: 'a' }, message: 'm' }, 'r'],
    [{ event: { action: 'a' }, message: 'm' }, 'a'],
    [{ message: 'm' }, 'm'],
    [{ message: 'm', tags: ['_grokparsefailure'] }, 'Unparsed: m'],
    [{ note: 'some words' }, 'some words'],
    [{}, 'Event from ecs'],
  ])('has a title: %j', (more, title) => {
    expect(alertOf(more).title).toBe(title)
  })

  it('carries what ECS says of rule and threat', () => {
    expect(
      alertOf({
        rule: { name: 'r', id: 'i', uuid: 'u', reference: 'https://a.example/', category: 'c' },
        threat: { technique: { id: ['T1204'], subtechnique: { id: 'T1204.002' } }, tactic: { id: 'TA0002' } },
      }),
    ).toMatchObject({
      ...{ ruleIds: ['i', 'u'], references: ['https://a.example/'], techniques: ['T1204', 'T1204.002'] },
      ...{ tags: ['c', 'TA0002'], rule: 'r' },
    })
  })

  it('is named by index and id where it was read from a search engine, and by what it says otherwise', () => {
    expect(alertOf({ _index: 'i', _id: 'd' })).toMatchObject({ sourceRef: 'i|d', chosenRef: true })
    // Many senders write the same id into each event, so that it names none.
    expect(alertOf({ event: { id: '4625' } })).toMatchObject({ sourceRef: '4625', chosenRef: false })
  })
})
