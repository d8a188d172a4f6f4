import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openHeaders } from '../trust.ts'
import { type StartedApi, sealSecret, startedApi } from './started-api.ts'

let api: StartedApi
beforeEach(async () => {
  api = await startedApi()
})
afterEach(async () => {
  await api.close()
  expect(api.failures).toEqual([])
})

const analyst = { role: 'analyst' } as const
const origin = 'alerts.raw/0/12#3'
const value = Buffer.from('{"title":\u0000').toString('base64')
const asked = { origin, attempt: 2, tenant: 'acme', source: 'edr', value }

describe('driving a dead letter again', () => {
  it('puts its bytes on alerts.raw, sealed with the part that they stand for', async () => {
    const response = await api.send('POST', '/v1/redrive', asked, analyst)
    expect([response.status, await response.json()]).toEqual([202, { rawId: 'alerts.raw/0/0' }])
    const [put] = api.producer.raws
    expect(put?.value).toEqual(Buffer.from(value, 'base64'))
    expect(openHeaders(put?.headers ?? {}, put?.value ?? null, sealSecret)).toEqual({
      ...{ tenant: 'acme', source: 'edr', origin: 'accepted', refused: null },
      redrive: { origin, attempt: 2 },
    })
  })

  it('leaves the source to the shape where it is not known', async () => {
    await api.send('POST', '/v1/redrive', { ...asked, source: null }, { role: 'admin' })
    const [put] = api.producer.raws
    expect(openHeaders(put?.headers ?? {}, put?.value ?? null, sealSecret)).toMatchObject({ source: null })
  })

  it.each([
    ['a key that may only send', asked, 403, 'send', 'may send alerts'],
    ['a dead letter of another tenant', { ...asked, tenant: 'other' }, 403, 'analyst', 'not of the tenant'],
    ['what holds two alerts', { ...asked, value: btoa('[{"a":1},{"b":2}]') }, 400, 'analyst', 'holds 2 alerts'],
    ['an origin that is no part', { ...asked, origin: 'alerts.raw/0/12' }, 400, 'analyst', 'origin'],
    ['an origin in another topic', { ...asked, origin: 'alerts/0/12#0' }, 400, 'analyst', 'origin'],
    ['an attempt that is the first', { ...asked, attempt: 0 }, 400, 'analyst', 'attempt'],
    ['what is not base64', { ...asked, value: '{}' }, 400, 'analyst', 'value'],
    ['an unknown field', { ...asked, offset: 1 }, 400, 'analyst', 'offset'],
    ['what is not JSON', '{', 400, 'analyst', 'not JSON'],
  ] as const)('refuses %s', async (_what, body, status, role, says) => {
    const response = await api.send('POST', '/v1/redrive', body, { role })
    expect([response.status, await response.json()]).toMatchObject([status, { message: expect.stringContaining(says) }])
    expect(api.producer.raws).toEqual([])
  })

  it('answers 503 where the log does not acknowledge it', async () => {
    api.producer.failing = 'VIG_LOG_UNAVAILABLE'
    const { status, headers } = await api.send('POST', '/v1/redrive', asked, analyst)
    expect([status, headers.get('retry-after')]).toEqual([503, expect.any(String)])
  })
})
