import { describe, expect, it } from 'vitest'
import type { IndicatorRecord, ObservableRecord, ResultRecord } from '../../schemas/generated/types.ts'
import { envelope, linked, someAlert } from '../explain/some-events.ts'
import { knownOf } from './known-of.ts'

function seen(type: string, value: string): ObservableRecord {
  const observable = { type, value, role: 'source', flags: [], firstSeenAt: 1, depth: 0 }
  return { ...envelope(), kind: 'observable', observable }
}

function indicator(type: string, value: string): IndicatorRecord {
  const from = { scope: 'shared', source: 'misp', uuid: 'u', mispType: type, eventUuid: 'v', eventInfo: 'a campaign' }
  const said = { orgc: 'o', toIds: true, tags: [], comment: '', timestamp: 2 }
  return { ...envelope(), kind: 'indicator', indicator: { type, value, ...from, ...said } }
}

function failed(value: string, at: number): ResultRecord {
  const failure = { jobId: 'j', analyzer: 'A_1_0', name: 'A', type: 'ip', value, reason: 'timeout', says: '60 s' }
  return { ...envelope({ at }), kind: 'failure', failure }
}

const sightings = {
  observables: [seen('ip', '198.51.100.7'), seen('domain', 'evil.example'), seen('other', 'EVIL[.]example')],
  indicators: [indicator('domain', 'evil.example'), indicator('ip', '203.0.113.1')],
  results: [failed('198.51.100.7', 20), failed('198.51.100.7', 10), failed('203.0.113.1', 5)],
  caseEvents: [linked(someAlert({ offset: 0 }), { value: '198.51.100.7' }), linked(someAlert({ offset: 1 }))],
}

describe('what is known of a value', () => {
  it('is where it was seen, its results in order of time, and the cases that hold it once each', () => {
    const known = knownOf('198.51.100.7', sightings)
    expect(known.seen).toEqual([
      {
        ...{ type: 'ip', value: '198.51.100.7', role: 'source', flags: [], firstSeenAt: 1 },
        ...{ domain: 'acme', tlp: 'AMBER' },
      },
    ])
    expect(known.results.map(each => each.at)).toEqual([10, 20])
    expect(known.cases).toEqual([{ domain: 'acme', number: 1, caseId: '0123456789abcdef' }])
    expect(known.indicators).toEqual([])
  })

  it.each([
    ['evil.example', ['evil.example']],
    ['Evil.Example', ['evil.example']],
    ['EVIL[.]example', ['evil.example', 'EVIL[.]example']],
    ['evil.exampl', []],
  ])('%s is looked for in every normal form of it, and as it stands', (value, values) => {
    const known = knownOf(value, sightings)
    expect(known.seen.map(each => each.value)).toEqual(values)
    expect(known.indicators).toHaveLength(Math.min(values.length, 1))
  })
})
