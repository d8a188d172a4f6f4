import { describe, expect, it } from 'vitest'
import { fixtureNames, recordedBodies } from '../fixture-reader.ts'
import { kindOfDeclared, kindOfShape } from './detect.ts'
import { mapElastAlertHive } from './elastalert-hive.ts'
import type { MappedAlert } from './mapped.ts'

const names = [
  ...fixtureNames('recorded/', /^elastalert2-hive/),
  ...fixtureNames('recorded/failures/', /^elastalert2-fail/),
]

function alertsOf(name: string): MappedAlert[] {
  return recordedBodies(name, '/api/alert').map(body => {
    const mapped = mapElastAlertHive(body)
    if (mapped.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
    return mapped.alert
  })
}

const listed = (alert: MappedAlert | undefined) =>
  alert?.observables
    .filter(({ path }) => path.startsWith('artifacts'))
    .map(({ type, value, role }) => `${role} ${type} ${value}`)

describe("what ElastAlert2's hivealerter sent", () => {
  it('is known by its shape, also under a source that is declared a TheHive client', () => {
    const bodies = names.flatMap(name => recordedBodies(name, '/api/alert'))
    expect(bodies).toHaveLength(33)
    expect(new Set(bodies.map(kindOfShape))).toEqual(new Set(['elastalert-hive']))
    expect(new Set(bodies.map(body => kindOfDeclared('thehive', body)))).toEqual(new Set(['elastalert-hive']))
    expect(kindOfDeclared('generic', bodies[0] ?? {})).toBe('generic')
  })

  it('never has a chosen reference', () => {
    expect(names.flatMap(alertsOf).filter(alert => alert.chosenRef)).toEqual([])
  })

  it('has one observable for each element of a list', () => {
    const [alert] = alertsOf('recorded/elastalert2-hive-aggregation.json')
    expect(listed(alert)).toHaveLength(16)
    expect(listed(alert)?.slice(0, 4)).toEqual([
      'indicator domain update.evil-cdn.example',
      'indicator ip 203.0.113.5',
      'indicator ip 203.0.113.105',
      'indicator ip 10.20.4.117',
    ])
  })

  it('loses the tags that became whole fields, and keeps the others', () => {
    expect(alertsOf('recorded/elastalert2-hive-aggregation.json')[0]?.tags).toEqual(['c2'])
    expect(alertsOf('recorded/elastalert2-hive-any.json')[0]?.tags).toEqual(['T1204.002', 'av'])
  })

  it('has the fields of the rule', () => {
    const [alert] = alertsOf('recorded/elastalert2-hive-frequency.json')
    expect(alert).toMatchObject({
      title: 'SSH brute force from 203.0.113.77 on web-01',
      severity: 'high',
      source: 'elastalert',
      tlp: 2,
      eventTime: 1795561171000,
    })
    expect(listed(alert)).toEqual([
      'indicator ip 203.0.113.77',
      'indicator hostname web-01',
      'target username deploy',
      'indicator ip 10.20.0.11',
    ])
    expect(alert?.observables[3]).toMatchObject({ tlp: 3 })
  })
})
