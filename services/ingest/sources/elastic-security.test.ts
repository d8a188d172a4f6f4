import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json-object.ts'
import { elasticSecurity, mapElasticSecurity } from './elastic-security.ts'
import type { MappedAlert } from './mapped.ts'

function alertOf(body: JsonObject): MappedAlert {
  const mapped = mapElasticSecurity(body, 'elastic-security')
  if (mapped.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
  return mapped.alert
}

const alert = { 'kibana.alert.rule.name': 'r', 'kibana.alert.uuid': 'u' }

describe('a detection alert', () => {
  it.each([
    ['literal keys', { 'kibana.alert.rule.name': 'r' }],
    ['nested objects', { kibana: { alert: { rule: { name: 'r' } } } }],
    ['half of each', { 'kibana.alert': { 'rule.name': 'r' } }],
    ['lists of one', { 'kibana.alert.rule.name': ['r'] }],
    ['the signals of version 7', { signal: { rule: { name: 'r' } } }],
  ])('is known and named with %s', (_, body) => {
    expect(elasticSecurity.fits(body)).toBe(true)
    expect(alertOf(body)).toMatchObject({ title: 'r', rule: 'r' })
  })

  it.each([
    [{ 'kibana.alert.severity': 'critical', 'kibana.alert.risk_score': 21 }, 'critical'],
    [{ 'kibana.alert.risk_score': 46 }, 'low'],
    [{ 'kibana.alert.risk_score': 47 }, 'medium'],
    [{ 'kibana.alert.risk_score': 73 }, 'high'],
    [{ 'kibana.alert.risk_score': 99 }, 'critical'],
    [{ signal: { rule: { severity: 'high' } } }, 'high'],
    [{ 'kibana.alert.severity': 'unheard-of' }, 'medium'],
  ])('with %j is %s', (more, severity) => {
    expect(alertOf({ ...alert, ...more }).severity).toBe(severity)
  })

  it('carries techniques and sub-techniques, ids and references of its rule', () => {
    const threat = [
      { technique: [{ id: 'T1204', subtechnique: [{ id: 'T1204.002' }] }, { id: 'T1033' }] },
      { tactic: { id: 'TA0002' } },
    ]
    expect(
      alertOf({
        ...{ ...alert, 'kibana.alert.rule.threat': threat, 'kibana.alert.rule.rule_id': 'id' },
        ...{ 'kibana.alert.rule.uuid': 'uuid', 'kibana.alert.rule.references': ['https://a.example/'] },
      }),
    ).toMatchObject({
      ...{ techniques: ['T1204', 'T1033', 'T1204.002'], ruleIds: ['id', 'uuid'], references: ['https://a.example/'] },
      ...{ sourceRef: 'u', chosenRef: true },
    })
  })

  it('is placed by its event, not by when the rule ran', () => {
    const times = { 'kibana.alert.original_time': '2026-03-04T10:00:00Z', '@timestamp': '2026-03-04T10:05:00Z' }
    expect(alertOf({ ...alert, ...times }).eventTime).toBe(Date.UTC(2026, 2, 4, 10))
  })

  it.each([
    { 'kibana.alert.building_block_type': 'default' },
    { signal: { rule: { building_block_type: 'default' } } },
  ])('that is a building block is kept out by a named policy: %j', more => {
    expect(mapElasticSecurity({ ...alert, ...more }, 's')).toMatchObject({
      ...{ outcome: 'suppression', policy: 'elastic-building-block' },
    })
  })

  it('marks what an indicator match found as the indicator is marked', () => {
    const enrichment = {
      matched: { atomic: 'c2.evil.example', field: 'dns.question.name' },
      indicator: {
        url: { full: 'https://c2.evil.example/x' },
        marking: { tlp: 'RED' },
        reference: 'https://feed.example/1',
      },
    }
    const mapped = alertOf({ ...alert, threat: { enrichments: [enrichment] } })
    expect(mapped.observables.slice(0, 2)).toMatchObject([
      { type: 'domain', value: 'c2.evil.example', tlp: 'RED', path: 'threat.enrichments[0].matched.atomic' },
      { type: 'url', value: 'https://c2.evil.example/x', tlp: 'RED', path: 'threat.enrichments[0].indicator.url.full' },
    ])
    expect(mapped).toMatchObject({ tags: ['tlp:RED'], references: ['https://feed.example/1'] })
  })
})
