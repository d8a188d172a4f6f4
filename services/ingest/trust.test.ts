import { describe, expect, it } from 'vitest'
import { type Origin, openHeaders, saidIn, sealHeaders } from './trust.ts'

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
    ['a body that is driven again', { ...origin, redrive: { origin: 'alerts.raw/3/12#4', attempt: 2 } }],
  ] as [string, Origin][])('open to what was sealed for %s', (_, given) => {
    expect(openHeaders(sealHeaders(given, body, secret), body, secret)).toEqual(given)
  })

  it('never hold the secret', () => {
    expect(Object.values(sealed).map(String).join()).not.toContain(secret)
  })

  it('open where they were sealed before there was a redrive', () => {
    const old = {
      ...{ 'vigia-tenant': 'acme', 'vigia-source': 'edr', 'vigia-origin': 'accepted', 'vigia-refused': '' },
      'vigia-sha256': 'fd32f01954a82d8192431bf0c8d2fe22d8c10a9d62a1f4aad96228b065e6cc65',
      'vigia-seal': '4ac6f7e0a2f980231debb57b1f19f42113ad75865a21fc1d46539acc6136a099',
    }
    const headers = Object.fromEntries(Object.entries(old).map(([name, value]) => [name, Buffer.from(value)]))
    expect(openHeaders(headers, body, secret)).toEqual({ ...origin, source: 'edr' })
  })

  const again = sealHeaders({ ...origin, redrive: { origin: 'alerts.raw/3/12#4', attempt: 2 } }, body, secret)
  const { 'vigia-redrive': _, ...without } = again

  it.each([
    ['a redrive that was put in', { ...sealed, 'vigia-redrive': Buffer.from('1 alerts.raw/0/0#0') }, body, secret],
    ['another attempt', { ...again, 'vigia-redrive': Buffer.from('3 alerts.raw/3/12#4') }, body, secret],
    ['a redrive that was taken out', without, body, secret],
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

  it('say where a record came from, whether it is believed or not', () => {
    const { 'vigia-seal': _seal, ...unsealed } = again
    const redrive = { origin: 'alerts.raw/3/12#4', attempt: 2 }
    expect(saidIn(unsealed)).toEqual({ tenant: 'acme', source: 'elastalert', redrive })
    expect(saidIn({})).toEqual({ tenant: null, source: null })
  })
})
