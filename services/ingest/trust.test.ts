import { describe, expect, it } from 'vitest'
import { type Origin, openHeaders, sealHeaders } from './trust.ts'

const secret = 'a secret of the API'
const body = Buffer.from('{"title":"t"}')
const origin: Origin = { tenant: 'acme', source: 'elastalert', origin: 'accepted', refused: null }
const sealed = sealHeaders(origin, body, secret)

describe('sealed headers', () => {
  it.each([
    ['an accepted body', origin],
    ['a body whose source the shape decides', { ...origin, source: null }],
    ['a refused body', { ...origin, origin: 'refused', refused: 'title: missing' }],
    ['a tenant with a site-like name', { ...origin, tenant: 'acme ñ' }],
  ] as [string, Origin][])('open to what was sealed for %s', (_, given) => {
    expect(openHeaders(sealHeaders(given, body, secret), body, secret)).toEqual(given)
  })

  it('never hold the secret', () => {
    expect(Object.values(sealed).map(String).join()).not.toContain(secret)
  })

  it.each([
    ['another body', sealed, Buffer.from('{"title":"u"}'), secret],
    ['no body', sealed, null, secret],
    ['another secret', sealed, body, 'another'],
    ['an empty secret', sealHeaders(origin, body, ''), body, ''],
    ['no seal', { ...sealed, 'vigia-seal': Buffer.alloc(0) }, body, secret],
    ['no headers at all', {}, body, secret],
    ['another tenant', { ...sealed, 'vigia-tenant': Buffer.from('evil') }, body, secret],
    ['another source', { ...sealed, 'vigia-source': Buffer.from('suricata') }, body, secret],
    ['another origin', { ...sealed, 'vigia-origin': Buffer.from('refused') }, body, secret],
    ['a reason that was put in', { ...sealed, 'vigia-refused': Buffer.from('x') }, body, secret],
    [
      'a border between fields that was moved',
      { ...sealed, 'vigia-tenant': Buffer.from('acmee'), 'vigia-source': Buffer.from('lastalert') },
      body,
      secret,
    ],
  ])('are not believed with %s', (_, headers, value, key) => {
    expect(openHeaders(headers, value, key)).toBeUndefined()
  })
})
