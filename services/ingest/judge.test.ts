import { describe, expect, it } from 'vitest'
import { fingerprintOfTheHive } from '../../core/fingerprint.ts'
import type { Alert } from '../../schemas/generated/types.ts'
import { fixtureNames, recordedBodies } from './fixture-reader.ts'
import type { JsonObject } from './json-object.ts'
import { type Judged, judge } from './judge.ts'
import { type IngestSettings, ingestRulesOf } from './rules.ts'
import { defaultSettings } from './source-settings.ts'
import { sourcesOf } from './sources-file.ts'

const at = Date.UTC(2026, 10, 24, 23)
const received = { tenant: null, source: null, topic: 'alerts.raw', at, part: 0, parts: 1 }
const hour = 3_600_000

function judged(body: JsonObject, settings: IngestSettings = {}, more: Partial<typeof received> | object = {}): Judged {
  return judge(ingestRulesOf(settings), { ...received, ...more }, { body })
}

function alertOf(body: JsonObject, settings: IngestSettings = {}, more: object = {}): Alert {
  const { outcome } = judged(body, settings, more)
  if (outcome.kind !== 'alert') throw new Error(JSON.stringify(outcome))
  return outcome.alert
}

const theHive = { type: 'external', source: 'siem', sourceRef: 'r-1', title: 't', description: 'd' }

describe('what a part ends as', () => {
  it.each([
    ['a TheHive body', theHive, 'alert', 'siem'],
    ['a match of ElastAlert2', { num_hits: 1, num_matches: 1, message: 'm' }, 'alert', 'elastalert-post'],
    ['anything with a title', { title: 't' }, 'alert', 'generic'],
    ['an EVE record that is no alert', { event_type: 'flow', flow_id: 1 }, 'suppression', 'suricata'],
    [
      'an EVE record without a flow, of a known event type',
      { event_type: 'stats', timestamp: '2026-01-01T00:00:00Z', stats: {} },
      'suppression',
      'suricata',
    ],
    [
      'an EVE alert without a flow',
      { event_type: 'alert', alert: { signature: 's', signature_id: 1 } },
      'alert',
      'suricata',
    ],
    ['a TheHive body without title', { ...theHive, title: undefined }, 'rejection', 'siem'],
    ['a TheHive body with a wrong severity', { ...theHive, severity: 9 }, 'rejection', 'siem'],
    [
      'what has only some names of TheHive',
      { title: 't', description: 'd', severity: 'high', sourceRef: '17' },
      'alert',
      'generic',
    ],
    [
      'what has an event_type of its own',
      { event_type: 'brute_force', timestamp: '2026-01-01T00:00:00Z', src_ip: '203.0.113.9', title: 't' },
      'alert',
      'generic',
    ],
    ['an object of unknown fields', { foo: 1 }, 'alert', 'generic'],
    ['a key of ours with a wrong type', { vigia_title: {} }, 'rejection', 'generic'],
  ])('%s', (_, body, kind, source) => {
    const { outcome } = judged(body)
    expect(outcome.kind).toBe(kind)
    expect(Object.values(outcome)[1]).toMatchObject({ source, part: 0, parts: 1 })
  })

  it('is held to all that TheHive asks where its source is declared to be TheHive', () => {
    const body = { title: 't', description: 'd', severity: 'high', sourceRef: '17' }
    expect(judged(body, {}, { source: 'thehive' }).outcome).toMatchObject({
      rejection: { reason: expect.stringMatching(/^type: missing; source: missing; severity: expected an integer/) },
    })
  })

  it('is read as its declared source says, with the settings of that', () => {
    const sources = sourcesOf(
      `sources:
  edr: { kind: generic, tenant: acme, site: madrid, dedupe: 2h }
  wire: { kind: suricata, topic: alerts.wire }`,
      'sources.yaml',
    )
    expect(judged({ title: 't' }, { sources }, { source: 'edr' })).toMatchObject({
      domain: 'acme/madrid',
      tenant: 'acme',
    })
    expect(alertOf({ title: 't' }, { sources }, { source: 'edr' })).toMatchObject({ source: 'edr', dedupeMs: 2 * hour })
    expect(judged({ title: 't' }, { sources }, { topic: 'alerts.wire' }).outcome).toMatchObject({
      rejection: { source: 'wire', reason: 'event_type: expected a string, got missing' },
    })
    expect(judged({ title: 't' }, { sources }, { source: 'edr', tenant: 'other' }).domain).toBe('other')
    expect(alertOf({ title: 't' }, { sources }, { source: 'a-new-one' })).toMatchObject({ source: 'a-new-one' })
  })

  it('has the fingerprint that the intake answered', () => {
    const names = [...fixtureNames('recorded/', /\.json$/), ...fixtureNames('recorded/failures/', /\.json$/)]
    const bodies = names.flatMap(name => recordedBodies(name, '/api/alert'))
    expect(bodies.length).toBeGreaterThanOrEqual(35)
    for (const body of bodies) {
      expect(alertOf(body).fingerprint).toBe(fingerprintOfTheHive(body, 'default'))
      expect(alertOf(body, {}, { tenant: 'acme' }).fingerprint).toBe(fingerprintOfTheHive(body, 'acme'))
    }
  })

  it('is repeated for 49 hours where ElastAlert2 sent it, also under a declared TheHive client', () => {
    const body = { ...theHive, sourceRef: '85117271-a878-4b49-b12a-57627eb22ac6', artifacts: [] }
    expect(alertOf(body).dedupeMs).toBe(49 * hour)
    expect(alertOf(body, {}, { source: 'thehive' }).dedupeMs).toBe(49 * hour)
    expect(alertOf(theHive).dedupeMs).toBe(hour)
    const sources = new Map([['thehive', { ...defaultSettings('thehive', 'thehive'), dedupeMs: 60_000 }]])
    expect(alertOf(body, { sources }, { source: 'thehive' }).dedupeMs).toBe(60_000)
  })

  it('is placed in time by its event, but never in the future', () => {
    expect(judged({ ...theHive, date: at - 5 }).eventTime).toBe(at - 5)
    expect(judged({ ...theHive, date: at + 24 * hour }).eventTime).toBe(at + 5 * 60_000)
    expect(judged({ title: 't', timestamp: 'yesterday' }).eventTime).toBe(at)
  })
})

describe('the techniques of an alert', () => {
  it.each([
    [['attack.t1059.001'], ['T1059.001']],
    [
      ['mitre:T1059', 'T1059.001', 't1110'],
      ['T1059', 'T1059.001', 'T1110'],
    ],
    [['misp-galaxy:mitre-attack-pattern="PowerShell - T1059.001"'], ['T1059.001']],
    [['T1573 - Encrypted Channel', 'attack.execution', 'TA0002', 'T10591', 'xT1059', 'ticket T1059'], ['T1573']],
  ])('are found in the tags %j', (tags, techniques) => {
    expect(alertOf({ ...theHive, tags }).techniques).toEqual(techniques)
  })

  it('are those that its source names too, each once, and only valid ids', () => {
    const procedures = [{ patternId: 'T1110' }, { patternId: 't1071/001' }, { patternId: 'T1' }, { patternId: 7 }]
    expect(alertOf({ ...theHive, procedures, tags: ['T1110'] }).techniques).toEqual(['T1110', 'T1071.001'])
  })
})

describe('TLP and PAP', () => {
  const of = (more: object, yaml = '') => {
    const settings = yaml === '' ? {} : { sources: sourcesOf(`sources: { thehive: { kind: thehive, ${yaml} } }`, 's') }
    const { tlp, pap } = judged({ ...theHive, ...more }, settings)
    return `${tlp} ${pap}`
  }

  it.each([
    [{}, '', 'AMBER AMBER'],
    [{ tlp: 0, pap: 0 }, '', 'CLEAR CLEAR'],
    [{ tlp: 1, pap: 1 }, '', 'GREEN GREEN'],
    [{ tlp: 3, pap: 3 }, '', 'RED RED'],
    [{ tlp: 4 }, '', 'RED AMBER'],
    [{ tlp: 3 }, 'tlp: { numbering: thehive5 }', 'AMBER+STRICT AMBER'],
    [{ tlp: 3 }, 'tlp: { map: { "3": AMBER } }', 'AMBER AMBER'],
    [{ tlp: 1 }, 'tlp: { least: AMBER }, pap: { least: RED }', 'AMBER RED'],
    [{}, 'tlp: { default: GREEN }, pap: { default: CLEAR }', 'GREEN CLEAR'],
    [{ tlp: 1, tags: ['tlp:red', 'pap:green'] }, '', 'RED GREEN'],
    [{ tlp: 2, tags: ['tlp:white'] }, '', 'AMBER AMBER'],
    [{ tags: ['tlp:white', 'PAP:RED'] }, '', 'CLEAR RED'],
  ])('of %j with %j are %s', (more, yaml, expected) => {
    expect(of(more, yaml)).toBe(expected)
  })

  it('of a generic sender may be words; what has no meaning is taken for the highest, and told by a tag', () => {
    expect(judged({ title: 't', tlp: 'amber+strict', pap: 'clear' })).toMatchObject({
      tlp: 'AMBER+STRICT',
      pap: 'CLEAR',
    })
    expect(judged({ title: 't', tlp: 'purple' })).toMatchObject({
      ...{ tlp: 'RED', pap: 'AMBER' },
      outcome: { kind: 'alert', alert: { tags: ['vigia:unread:tlp'] } },
    })
    expect(judged({ title: 't', tlp: {}, pap: 'constructor' })).toMatchObject({
      ...{ tlp: 'RED', pap: 'RED' },
      outcome: { kind: 'alert', alert: { tags: ['vigia:unread:pap', 'vigia:unread:tlp'] } },
    })
  })

  it('that are said to us, by our keys, have to have a meaning', () => {
    expect(judged({ title: 't', vigia_tlp: 'purple' }).outcome).toMatchObject({
      rejection: { code: 'VIG_ALERT_INVALID', reason: expect.stringMatching(/^tlp: has no meaning; known are CLEAR/) },
    })
    expect(judged({ title: 't', vigia_pap: 'constructor' }).outcome).toMatchObject({
      rejection: { reason: expect.stringMatching(/^pap: has no meaning/) },
    })
  })

  it('of an observable are never lower than those of its alert', () => {
    const artifacts = [
      { dataType: 'ip', data: '203.0.113.1', tlp: 1 },
      { dataType: 'ip', data: '203.0.113.2', tlp: 3 },
      { dataType: 'ip', data: '203.0.113.3' },
      { dataType: 'ip', data: '203.0.113.3', tags: ['tlp:red'], tlp: 1 },
    ]
    const { observables } = alertOf({ ...theHive, tlp: 2, artifacts })
    expect(observables.map(({ value, tlp }) => `${value} ${tlp}`)).toEqual([
      '203.0.113.1 AMBER',
      '203.0.113.2 RED',
      '203.0.113.3 RED',
    ])
  })
})

describe('the observables of an alert', () => {
  it('are normal, each once with its strongest role, and marked', () => {
    const settings = {
      ownDomains: ['example.org'],
      warninglists: [{ name: 'Public DNS', type: 'string', list: ['203.0.113.53'], matching_attributes: ['ip-src'] }],
    }
    const body = {
      title: 'C2 at hxxp://EVIL[.]example:80/a',
      note: '203.0.113.9 and 203.0.113.53',
      source: { ip: '203.0.113.9' },
      destination: { ip: '10.0.0.7' },
      url: { domain: 'www.Example.ORG' },
      file: { hash: { md5: 'D41D8CD98F00B204E9800998ECF8427E' } },
    }
    expect(
      alertOf(body, settings).observables.map(({ role, type, value, flags }) =>
        [role, type, value, ...flags].join(' '),
      ),
    ).toEqual([
      'mentioned url http://evil.example/a',
      'source ip 203.0.113.9',
      'mentioned ip 203.0.113.53 warninglist:Public DNS',
      'target ip 10.0.0.7 private',
      'indicator fqdn www.example.org own',
      'indicator hash d41d8cd98f00b204e9800998ecf8427e empty-file',
    ])
  })

  it('are at most 500, the strongest roles kept', () => {
    const address = (index: number) => `203.0.${index >> 8}.${index & 255}`
    const note = Array.from({ length: 900 }, (_, index) => address(index)).join(' ')
    const { observables } = alertOf({ title: 't', note, zz: { source: { ip: '198.51.100.1' } } })
    expect(observables).toHaveLength(500)
    expect(observables[0]).toMatchObject({ role: 'source', value: '198.51.100.1' })
  })

  it('and every text of the alert are bounded, without half characters', () => {
    const long = '😀'.repeat(100_000)
    const alert = alertOf({
      ...theHive,
      title: `x${long}`,
      description: `x${long}`,
      tags: Array(300)
        .fill(0)
        .map((_, index) => `${index} ${long}`),
    })
    expect(alert.title).toHaveLength(511)
    expect(Buffer.byteLength(alert.description)).toBeLessThanOrEqual(64 * 1024)
    expect(alert.title.isWellFormed() && alert.description.isWellFormed()).toBe(true)
    expect(alert.description).not.toContain('\ufffd')
    expect(alert.tags).toHaveLength(100)
    expect(alert.tags.every(tag => tag.length <= 128)).toBe(true)
  })
})
