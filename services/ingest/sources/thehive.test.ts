import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { recordedBodies } from '../fixture-reader.ts'
import type { JsonObject } from '../json-object.ts'
import type { MappedAlert } from './mapped.ts'
import { mapTheHive } from './thehive.ts'

function alertOf(body: JsonObject | undefined): MappedAlert {
  const mapped = mapTheHive(body ?? {})
  if (mapped.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
  return mapped.alert
}

const listed = (alert: MappedAlert) =>
  alert.observables
    .filter(({ path }) => /^(artifacts|observables)/.test(path))
    .map(({ type, value, role }) => `${role} ${type} ${value}`)

describe('what thehive4py sent', () => {
  const sample = createHash('sha256').update(Buffer.from('TVogdmlnaWEgdGVzdCAA/w==', 'base64')).digest('hex')

  it.each([3, 4])('from version 1.8.2 for TheHive %i is read from artifacts', version => {
    const alert = alertOf(recordedBodies(`recorded/thehive4py-1.8.2-version${version}.json`, '/api/alert')[0])
    expect(alert).toMatchObject({
      source: 'ci',
      type: 'external',
      sourceRef: 't4p1-1',
      chosenRef: true,
      title: 't4p1 alert',
      severity: 'high',
      tlp: 3,
      pap: version === 3 ? undefined : 2,
      tags: ['ci', 'ñ'],
      eventTime: 1772618400000,
    })
    expect(listed(alert)).toEqual([
      'source ip 203.0.113.77',
      'indicator domain update.evil-cdn.example',
      `indicator hash ${'a'.repeat(64)}`,
      `indicator hash ${'b'.repeat(32)}`,
      'indicator filename muestra ñ.bin',
      `indicator hash ${sample}`,
    ])
    expect(alert.observables[1]).toMatchObject({ tlp: 1, path: 'artifacts[1].data' })
  })

  it('from version 2.0.3 for TheHive 5 is read from observables', () => {
    const alert = alertOf(recordedBodies('recorded/thehive4py-2.0.3.json', '/api/v1/alert')[0])
    expect(alert).toMatchObject({ sourceRef: 't4p2-1', externalLink: 'https://siem.example.org/a/1', pap: 2 })
    expect(listed(alert)).toEqual([
      'source ip 203.0.113.77',
      `indicator hash ${'a'.repeat(64)}`,
      `indicator hash ${'b'.repeat(32)}`,
    ])
  })
})

describe('a TheHive body', () => {
  const body = { type: 'external', source: 's', sourceRef: 'r', title: 't', description: 'd' }

  it('is refused with every wrong field named', () => {
    const { title: _, ...untitled } = body
    expect(mapTheHive({ ...untitled, severity: 'high' })).toEqual({
      outcome: 'rejection',
      reason: 'title: missing; severity: expected an integer, got a string',
    })
  })

  it('with an empty title is named by what it is', () => {
    expect(alertOf({ ...body, title: ' ' }).title).toBe('external from s')
  })

  it.each([
    ['Windows paths', 'C:\\Users\\ana\\x.exe;a/b;', ['indicator filename x.exe']],
    ['an empty file', 'x.exe;a/b', ['indicator filename x.exe']],
    ['nothing', '', []],
  ])('with a file may have %s', (_, data, expected) => {
    expect(listed(alertOf({ ...body, artifacts: [{ dataType: 'file', data }] }))).toEqual(expected)
  })

  it('finds what its text mentions', () => {
    const alert = alertOf({ ...body, description: 'beacon to 203.0.113.9' })
    expect(alert.observables).toEqual([
      { type: 'ip', value: '203.0.113.9', role: 'mentioned', path: 'description@10-21' },
    ])
  })

  it.each([
    ['version 3 and 4', { rule_name: { string: 'r', order: 0 }, rule_id: { string: '7' }, hits: { integer: 3 } }],
    ['the short form', { rule_name: 'r', rule_id: '7', hits: 3 }],
    [
      'version 5',
      [{ name: 'rule_name', value: 'r' }, { name: 'rule_id', value: '7' }, { name: 'hits', value: 3 }, null],
    ],
  ])('has what its custom fields say of the rule, as %s writes them', (_, customFields) => {
    expect(alertOf({ ...body, customFields })).toMatchObject({ rule: 'r', ruleIds: ['7'] })
  })

  it('has the techniques of its procedures, and the observables in its custom fields', () => {
    const more = { procedures: [{ patternId: 'T1110' }], customFields: { note: 'seen at evil.example' } }
    expect(alertOf({ ...body, ...more })).toMatchObject({
      techniques: ['T1110'],
      observables: [{ type: 'domain', value: 'evil.example', role: 'mentioned', path: 'customFields.note@8-20' }],
    })
  })
})
