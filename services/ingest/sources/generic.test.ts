import { describe, expect, it } from 'vitest'
import { fixtureText, recordedPayloads } from '../fixture-reader.ts'
import type { JsonObject } from '../json-object.ts'
import { partsOf } from '../parts.ts'
import { kindOfShape } from './detect.ts'
import { mapGeneric } from './generic.ts'
import type { MappedAlert } from './mapped.ts'

function alertsOf(text: string): MappedAlert[] {
  return partsOf(Buffer.from(text)).flatMap(({ body }) => {
    if (body === undefined) return []
    expect(kindOfShape(body)).toBe('generic')
    const mapped = mapGeneric(body, 'generic')
    if (mapped.outcome !== 'alert') throw new Error(JSON.stringify(mapped))
    return [mapped.alert]
  })
}

const found = (alert: MappedAlert | undefined) =>
  alert?.observables.map(({ type, value, role }) => `${role} ${type} ${value}`)

describe('alerts of other senders', () => {
  it.each([
    {
      sample: 'wazuh4-ssh-bruteforce.json',
      alert: {
        title: 'sshd: brute force trying to get access to the system. Non existent user.',
        severity: 'medium',
        sourceRef: 'node01|1772618712.1934471|2026-03-04T11:05:12.418+0100',
        chosenRef: true,
        eventTime: '2026-03-04T11:05:12.418+0100',
      },
      observables: ['source ip 203.0.113.77', 'observer ip 10.20.0.11', 'observer hostname web-01'],
    },
    {
      sample: 'elastic8-alert-threshold.json',
      alert: {
        title: 'SSH failures over threshold',
        severity: 'low',
        rule: 'SSH failures over threshold',
        description: 'event with source 203.0.113.77 created low alert SSH failures over threshold.',
        chosenRef: true,
      },
      observables: ['source ip 203.0.113.77'],
    },
    {
      sample: 'opensearch-alerting-document-monitor.json',
      alert: { title: 'av-alerts', severity: 'high', chosenRef: false },
      observables: [
        'indicator filename factura_0423.pdf.exe',
        'indicator hash 3c4b2063c40615d2f6b4df7107f36697057f13fc5c1fc4794908169e6eee4902',
      ],
    },
    {
      sample: 'opensearch-alerting-query-monitor.json',
      alert: {
        title: 'ssh-bruteforce',
        severity: 'critical',
        externalLink: expect.stringContaining('dashboards.example.org'),
      },
      observables: [],
    },
    {
      sample: 'watcher-webhook.json',
      alert: { title: 'SSH brute force', severity: 'high', eventTime: '2026-03-04T10:11:00.004Z' },
      observables: ['source ip 203.0.113.77'],
    },
  ])('are read from $sample', ({ sample, alert, observables }) => {
    const [first, ...others] = alertsOf(fixtureText(`samples/${sample}`))
    expect(others).toEqual([])
    expect(first).toMatchObject({ source: 'generic', ...alert })
    expect(found(first)).toEqual(expect.arrayContaining(observables))
  })

  it('are read from NDJSON and from {alerts:[…]}', () => {
    const wazuh = alertsOf(fixtureText('samples/wazuh4-alerts.ndjson'))
    expect(wazuh.length).toBeGreaterThan(1)
    expect(new Set(wazuh.map(alert => alert.sourceRef)).size).toBe(wazuh.length)
    const kibana = alertsOf(fixtureText('samples/kibana-webhook-context-alerts.json'))
    expect(kibana.map(({ title, severity }) => `${severity} ${title}`)).toEqual([
      'high Malware file quarantined',
      'medium Many logon failures then success',
    ])
    expect(kibana.every(alert => alert.chosenRef)).toBe(true)
    expect(kibana[0]?.sourceRef).not.toBe(kibana[1]?.sourceRef)
  })

  it('are read from Logstash, which has no rule to name', () => {
    const [json, , plain] = recordedPayloads('samples/logstash-kafka-output.kafka.jsonl')
    const [alert] = alertsOf(json ?? '')
    expect(alert).toMatchObject({ title: 'ssh_login', chosenRef: false, rule: null })
    expect(found(alert)).toEqual(expect.arrayContaining(['source ip 203.0.113.77', 'observer hostname web-01']))
    expect(alertsOf(plain ?? '')).toEqual([])
  })
})

describe('any JSON object', () => {
  it.each([
    [{}, /^title: missing \(looked for vigia_title, title, /],
    [{ foo: 1, bar: ['x'] }, /^title: missing/],
    [{ title: {} }, /^title: expected a string, got an object$/],
    [{ title: 7 }, /^title: expected a string, got a number$/],
    [{ title: 't', severity: [] }, /^severity: expected a string or a number, got an array$/],
    [{ title: 't', tlp: true, pap: {} }, /^tlp: expected a string or a number, got a boolean; pap: expected/],
  ])('without what an alert needs is refused with the field named: %j', (body, reason) => {
    const mapped = mapGeneric(body as JsonObject, 's')
    expect(mapped).toEqual({ outcome: 'rejection', reason: expect.stringMatching(reason) })
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
    expect(alertsOf(JSON.stringify({ title: 't', ...more }))[0]?.severity).toBe(severity)
  })

  it('is searched for observables in every text, with where they stand', () => {
    const body = { title: 't', note: 'see hxxp://evil[.]example/a', ips: { attacker_ip: '203.0.113.9' } }
    expect(alertsOf(JSON.stringify(body))[0]?.observables).toEqual([
      { type: 'url', value: 'http://evil.example/a', role: 'mentioned', path: 'note@4-27' },
      { type: 'ip', value: '203.0.113.9', role: 'source', path: 'ips.attacker_ip' },
    ])
  })
})
