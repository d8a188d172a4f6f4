import { describe, expect, it } from 'vitest'
import { readingsOf } from './readings.ts'
import { ingestRulesOf } from './rules.ts'
import { defaultSettings } from './source-settings.ts'
import { mapTheHive } from './sources/thehive.ts'
import { toAlert } from './to-alert.ts'

const m1 = 'd41d8cd98f00b204e9800998ecf8427e'
const m2 = '9d9af54a1f529906a03112636f642478'

function readOf(type: string, value: string, isListed: boolean): string[] {
  const found = { type, value, role: 'source', path: 'artifacts[0].data', ...(isListed && { isListed }) } as const
  const { readings, isUnread } = readingsOf(found)
  expect(readings.every(each => each.found.role === 'source' && each.found.path.startsWith(found.path))).toBe(true)
  return [...readings.map(({ normal }) => `${normal.type} ${normal.value}`), ...(isUnread ? ['unread'] : [])]
}

describe('an observable that is none of its type', () => {
  it.each<[type: string, value: string, ...read: string[]]>([
    ['ip', '203.0.113.1, 203.0.113.2', 'ip 203.0.113.1', 'ip 203.0.113.2'],
    ['domain', 'evil.com:8080', 'domain evil.com'],
    ['domain', '203.0.113.5', 'ip 203.0.113.5'],
    ['ip', 'evil.com', 'domain evil.com'],
    ['url', 'evil[.]com/x', 'url http://evil.com/x', 'domain evil.com'],
    ['url', 'ftp.evil.com', 'fqdn ftp.evil.com'],
    ['mail', 'a@evil.com; b@evil.com', 'mail a@evil.com', 'mail b@evil.com'],
    ['fqdn', 'https://evil.org/', 'url https://evil.org/', 'domain evil.org'],
    ['hash', `${m1},${m2}`, `hash ${m1}`, `hash ${m2}`],
    ['md5', `${m1}${m2}${m1}`, `hash ${m1}`, `hash ${m2}`, `hash ${m1}`],
    ['sha256', `${m1}${m2}`, `hash ${m1}${m2}`],
    ['cve', 'see CVE-2021-44228', 'cve CVE-2021-44228'],
  ])('is read for what it holds, in its role: %s %s', (type, value, ...read) => {
    expect(readOf(type, value, true)).toEqual(read)
    expect(readOf(type, value, false)).toEqual(read)
  })

  it.each([
    ['ip', 'the printer'],
    ['hash', 'abc'],
  ])('is kept as other, and told, where its sender listed it: %s %s', (type, value) => {
    expect(readOf(type, value, true)).toEqual([`other ${value}`, 'unread'])
    expect(readOf(type, value, false)).toEqual([])
  })

  it('is told where it is too long to be kept, and not where it is blank', () => {
    expect(readOf('other', 'x'.repeat(5000), true)).toEqual(['unread'])
    expect(readOf('other', 'x', true)).toEqual(['other x'])
    expect(readOf('ip', ' ', true)).toEqual([])
  })

  it('is in the alert of a client of TheHive, which has a tag for it', () => {
    const artifacts = [
      { dataType: 'ip', data: '203.0.113.1, 203.0.113.2', tags: ['src'] },
      { dataType: 'ip', data: 'the printer' },
    ]
    const given = { type: 't', source: 's', sourceRef: 'r-1', title: 't', description: 'd' }
    const alertOf = (body: object) => {
      const mapped = mapTheHive({ ...given, ...body })
      const settings = defaultSettings('thehive', 'thehive')
      const placed = { domain: 'd', part: 0, parts: 1, at: 0, settings, kind: 'thehive' }
      return mapped.outcome === 'alert' ? toAlert(mapped.alert, placed, ingestRulesOf()).alert : undefined
    }
    const alert = alertOf({ artifacts })
    expect(alert?.observables.map(({ type, value, role }) => `${role} ${type} ${value}`)).toEqual([
      'source ip 203.0.113.1',
      'source ip 203.0.113.2',
      'indicator other the printer',
    ])
    expect(alert?.tags).toEqual(['vigia:unread:observable'])
    expect(alertOf({ artifacts: artifacts.slice(0, 1) })?.tags).toEqual([])
  })
})
