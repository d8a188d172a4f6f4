import { describe, expect, it } from 'vitest'
import { recordedLines, recordedPayloads } from '../fixture-reader.ts'
import type { JsonObject } from '../json-object.ts'
import type { MappedAlert } from './mapped.ts'
import { mapSuricata } from './suricata.ts'

const eve = recordedLines('recorded/suricata-7.0.10-eve.ndjson')

function alertsOf(lines: readonly JsonObject[]): MappedAlert[] {
  return lines.flatMap(line => {
    const mapped = mapSuricata(line, 'suricata')
    return mapped.outcome === 'alert' ? [mapped.alert] : []
  })
}

const alerts = alertsOf(eve)
const titled = (title: string) => alerts.find(alert => alert.title.includes(title))
const found = (title: string) => titled(title)?.observables.map(({ type, value, role }) => `${role} ${type} ${value}`)

describe('what Suricata 7 wrote', () => {
  it('is ten alerts, and context that a named policy keeps out', () => {
    expect(eve).toHaveLength(43)
    expect(alerts).toHaveLength(10)
    const others = eve.map(line => mapSuricata(line, 'suricata')).filter(mapped => mapped.outcome !== 'alert')
    expect(new Set(others.map(mapped => mapped.outcome === 'suppression' && mapped.policy))).toEqual(
      new Set(['suricata-not-an-alert']),
    )
  })

  it('has the same references when the same packets are read again, although flow_id differs', () => {
    const again = recordedPayloads('recorded/rsyslog-suricata-to-kafka.kafka.jsonl').map(
      text => JSON.parse(text) as JsonObject,
    )
    const known = new Map(alerts.map(alert => [alert.sourceRef, alert]))
    expect(known.size).toBe(10)
    expect(alerts.every(alert => alert.chosenRef)).toBe(true)
    const repeated = alertsOf(again)
    expect(repeated.length).toBeGreaterThan(0)
    expect(repeated.filter(alert => !known.has(alert.sourceRef))).toEqual([])
    const flows = new Set(eve.map(line => line.flow_id))
    expect(again.some(line => !flows.has(line.flow_id))).toBe(true)
  })

  it.each([
    ['SQL injection', 'high', ['T1190', 'TA0001', 'Web Application Attack']],
    ['scanner user agent', 'medium', []],
    ['DNS query', 'critical', ['DemoRAT', 'T1071.004']],
    ['ICMP', 'low', ['Misc activity']],
  ])('gives %s its severity and tags', (title, severity, tags) => {
    expect(titled(title)).toMatchObject({ severity, rule: titled(title)?.title, type: 'suricata', source: 'suricata' })
    expect(titled(title)?.tags).toEqual(expect.arrayContaining(tags))
  })

  it.each([
    [
      'SQL injection',
      [
        'source ip 198.51.100.31',
        'target ip 192.0.2.10',
        'source ip 203.0.113.200',
        'indicator domain www.example.org',
        'indicator url http://www.example.org/shop.php?id=1%20UNION%20SELECT%20user,pass%20FROM%20users',
      ],
    ],
    ['TLS SNI', ['source ip 203.0.113.66', 'target ip 192.0.2.117', 'indicator domain c2.evil-cdn.example']],
    ['DNS query', ['source ip 192.0.2.117', 'indicator domain update.evil-cdn.example']],
    [
      'executable download',
      ['source ip 203.0.113.9', 'indicator url http://dl.evil-cdn.example:8080/files/factura_0423.exe'],
    ],
    [
      'SMTP',
      [
        'source mail billing@evil-cdn.example',
        'target mail ana@example.org',
        'indicator filename factura.docm',
        'indicator url http://dl.evil-cdn.example/factura',
        'indicator hash f5319d86d6775a232fec478b1c836f4b',
        'indicator hash 021f0871f69350a9760b50269997ff724690e2e1604f4ffbbcbc384b3242021a',
      ],
    ],
  ])('finds in %s who and what', (title, expected) => {
    expect(found(title)).toEqual(expect.arrayContaining(expected))
  })
})

describe('an EVE record', () => {
  const line = {
    event_type: 'alert',
    timestamp: '2026-03-04T10:00:00.070000+0000',
    alert: { signature: 's', signature_id: 1 },
  }

  it.each([
    [{ event_type: 7 }, 'event_type: expected a string, got a number'],
    [{ alert: 'x' }, 'alert: expected an object, got a string'],
    [{ alert: { signature_id: 1 } }, 'alert.signature: missing'],
    [{ alert: { signature: 1, signature_id: 1 } }, 'alert.signature: expected a string, got a number'],
    [{ alert: { signature: 's' } }, 'alert.signature_id: expected a number, got missing'],
    [{ alert: { signature: 's', signature_id: 1, severity: '1' } }, 'alert.severity: expected a number, got a string'],
    [{ vigia_tags: 7 }, 'vigia_tags: expected an array of strings, got a number'],
  ])('is refused with the field named: %j', (more, reason) => {
    expect(mapSuricata({ ...line, ...more }, 's')).toEqual({ outcome: 'rejection', reason })
  })

  it('is known by its ends where the community id is not enabled, and by its content where it has no time', () => {
    const ends = { proto: 'TCP', src_ip: '192.0.2.1', src_port: 1, dest_ip: '192.0.2.2', dest_port: 2 }
    expect(alertsOf([{ ...line, ...ends }])[0]?.sourceRef).toBe(`TCP,192.0.2.1,1,192.0.2.2,2|1|${line.timestamp}|-`)
    expect(alertsOf([{ ...line, timestamp: null }])[0]?.chosenRef).toBe(false)
  })

  it.each([
    [{ hostname: '2001:db8::1', url: '/a' }, 'http://[2001:db8::1]/a'],
    [{ hostname: 'h.example', url: 'http://p.example/a', http_port: 8080 }, 'http://p.example/a'],
    [{ url: '/only/a/path' }, undefined],
  ])('has the full URL: %j', (http, url) => {
    const urls = alertsOf([{ ...line, http }])[0]?.observables.filter(observable => observable.type === 'url')
    expect(urls?.map(observable => observable.value)).toEqual(url === undefined ? [] : [url])
  })

  it('has the names that were asked for and answered, in version 7 and 8', () => {
    const dns = { queries: [{ rrname: 'a.example' }], answers: [{ rdata: '192.0.2.9' }, { rdata: 'b.example' }] }
    expect(alertsOf([{ ...line, dns }])[0]?.observables).toEqual([
      { type: 'domain', value: 'a.example', role: 'indicator', path: 'dns.queries[0].rrname' },
      { type: 'ip', value: '192.0.2.9', role: 'indicator', path: 'dns.answers[0].rdata' },
      { type: 'domain', value: 'b.example', role: 'indicator', path: 'dns.answers[1].rdata' },
    ])
  })

  it.each<[string, JsonObject, string[]]>([
    [
      'the vulnerabilities of its rule',
      { alert: { signature: 'ET EXPLOIT CVE-2021-44228', signature_id: 1, metadata: { cve: ['CVE_2021_45046'] } } },
      ['indicator cve CVE_2021_45046', 'mentioned cve CVE-2021-44228'],
    ],
    [
      'what was answered, in the record of an alert of version 7',
      { dns: { answer: { answers: [{ rdata: '192.0.2.9' }], grouped: { CNAME: ['c.example'] } } } },
      ['indicator ip 192.0.2.9', 'indicator domain c.example'],
    ],
    [
      'what was answered, by the types of the records',
      { dns: { grouped: { A: ['192.0.2.9', '192.0.2.10'], AAAA: ['2001:db8::9'], MX: ['mx.example'] } } },
      ['indicator ip 192.0.2.9', 'indicator ip 192.0.2.10', 'indicator ip 2001:db8::9', 'indicator domain mx.example'],
    ],
    [
      'all that it was forwarded for',
      { http: { xff: '203.0.113.1, 203.0.113.2' }, xff: '203.0.113.3' },
      ['source ip 203.0.113.3', 'source ip 203.0.113.1', 'source ip 203.0.113.2'],
    ],
    ['the file on a share', { smb: { filename: 'temp\\\\a.exe' } }, ['indicator filename temp\\\\a.exe']],
  ])('has %s', (_, more, expected) => {
    const observables = alertsOf([{ ...line, ...more }])[0]?.observables
    expect(observables?.map(({ type, value, role }) => `${role} ${type} ${value}`)).toEqual(expected)
  })
})
