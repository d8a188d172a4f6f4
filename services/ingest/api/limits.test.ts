import { afterEach, describe, expect, it } from 'vitest'
import { mappersWith } from '../mappings/mapper-set.ts'
import type { KeyLimits } from './keys.ts'
import { type StartedApi, startedApi, startedAt } from './started-api.ts'

let api: StartedApi
let now = startedAt
afterEach(() => api.close())

async function withLimits(limits: KeyLimits) {
  now = startedAt
  api = await startedApi({ limits, clock: () => now })
}
const alert = { type: 'siem', source: 'elastalert', sourceRef: 'r-1', title: 't', description: 'd' }
const status = async (path: string, body: object | string = alert) => (await api.send('POST', path, body)).status

describe('a key that is bound to sources', () => {
  it('sends for them, and is told the name of any other', async () => {
    await withLimits({ sources: ['wazuh', 'elastalert'] })
    expect(await status('/v1/alerts/wazuh')).toBe(202)
    expect(await status('/v1/alerts/wazuh/_bulk')).toBe(200)
    for (const path of ['/v1/alerts/zeek', '/v1/alerts/zeek/_bulk']) {
      const response = await api.send('POST', path, alert)
      expect([response.status, await response.json()]).toEqual([
        403,
        { type: 'AuthorizationError', message: 'The key the-send may not send for the source "zeek"' },
      ])
    }
    expect(api.producer.raws).toHaveLength(2)
  })

  it('may send by the protocol of TheHive what bears the name of one of them', async () => {
    await withLimits({ sources: ['elastalert'] })
    expect(await status('/api/alert')).toBe(201)
    expect(await status('/api/v1/alert', { ...alert, source: 'splunk' })).toBe(403)
  })

  it('may send by the protocol of TheHive under any name where that is what it is for', async () => {
    await withLimits({ sources: ['thehive'] })
    expect(await status('/api/v1/alert', { ...alert, source: 'splunk' })).toBe(201)
  })

  it('may not let an alert call itself another', async () => {
    await withLimits({ sources: ['wazuh'] })
    expect(await status('/v1/alerts/wazuh', { vigia_source: 'zeek' })).toBe(403)
    expect(await status('/v1/alerts/wazuh', { vigia_source: 'wazuh' })).toBe(202)
    const bulk = await api.send('POST', '/v1/alerts/wazuh/_bulk', '{"a":1}\n{"vigia_source":"zeek"}\n')
    expect(await bulk.json()).toMatchObject({ errors: true, items: [{ status: 202 }, { status: 403 }] })
    expect(await status('/v1/alerts/wazuh', { vigia_source: 5 })).toBe(403)
  })

  it('may not let an alert in the form of TheHive call itself another', async () => {
    await withLimits({ sources: ['edge', 'elastalert'] })
    const foreign = { ...alert, source: 'edr' }
    expect(await status('/v1/alerts/edge', alert)).toBe(202)
    expect(await status('/v1/alerts/edge', foreign)).toBe(403)
    expect(await status('/v1/alerts/edge', [alert, foreign])).toBe(403)
    const bulk = await api.send(
      'POST',
      '/v1/alerts/edge/_bulk',
      [alert, foreign].map(each => JSON.stringify(each)).join('\n'),
    )
    expect(await bulk.json()).toMatchObject({ errors: true, items: [{ status: 202 }, { status: 403 }] })
    expect(api.producer.raws).toHaveLength(2)
  })

  it('may not hide one in what only the shipped mappings would leave whole', async () => {
    const zeek = {
      path: 'zeek.yaml',
      text: 'kind: zeek-notice\nreplaces: true\nwhat: w\nwhen: [{ all: [mine] }]\ntitle: [mine]\n',
    }
    api = await startedApi({ limits: { sources: ['edge'] }, mappers: mappersWith(undefined, [zeek]) })
    const shipped = { '@timestamp': '2026-03-04T10:00:00Z', note: 'N', ts: 1, msg: 'm' }
    expect(await status('/v1/alerts/edge', shipped)).toBe(202)
    expect(await status('/v1/alerts/edge', { ...shipped, message: JSON.stringify({ ...alert, source: 'edr' }) })).toBe(
      403,
    )
  })

  it('may name any source in the form of TheHive where it is for that protocol', async () => {
    await withLimits({ sources: ['thehive'] })
    expect(await status('/v1/alerts/thehive', { ...alert, source: 'edr' })).toBe(202)
    expect(await status('/v1/alerts/thehive', { vigia_source: 'edr' })).toBe(403)
  })
})

describe('a key with a rate', () => {
  it('is answered 429 with when to come again, before its body is read, and goes on after', async () => {
    await withLimits({ rate: '2/s', burst: 3 })
    expect(await Promise.all([1, 2, 3].map(() => status('/api/alert')))).toEqual([201, 201, 201])
    const response = await api.send('POST', '/api/alert', 'not even JSON')
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toMatchObject([
      429,
      '1',
      { type: 'TooManyRequests' },
    ])
    now += 500
    expect(await status('/v1/alerts/wazuh')).toBe(202)
    expect(await status('/v1/alerts/wazuh')).toBe(429)
    expect(api.producer.raws).toHaveLength(4)
  })

  it.each([
    ['/v1/alerts/wazuh/_bulk', '{"a":1}\n{"a":2}\n{"a":3}\n{"a":4}\n{"a":5}\n'],
    ['/v1/alerts/wazuh', '[{"a":1},{"a":2},{"a":3},{"a":4},{"a":5}]'],
  ])('pays for each alert that it sends to %s in one request', async (path, body) => {
    await withLimits({ rate: '1/s', burst: 2 })
    expect((await api.send('POST', path, body)).ok).toBe(true)
    expect((await api.send('POST', path, body)).headers.get('retry-after')).toBe('4')
    now += 4000
    expect((await api.send('POST', path, body)).ok).toBe(true)
  })

  it('takes nothing from the other keys', async () => {
    await withLimits({ rate: '1/h' })
    expect([await status('/api/alert'), await status('/api/alert')]).toEqual([201, 429])
    expect((await api.send('POST', '/api/alert', alert, { role: 'admin' })).status).toBe(201)
  })
})
