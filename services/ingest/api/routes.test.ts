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

const posts = ['/api/alert', '/api/v0/alert', '/api/v1/alert', '/v1/alerts/wazuh', '/v1/commands']

describe('who may do what', () => {
  it.each(posts)('answers 401 on %s without a known key, before it reads the body', async path => {
    for (const headers of [{}, { authorization: 'Bearer vgk_unknown' }]) {
      const response = await api.send('POST', path, '{', { role: 'none', headers })
      expect(response.status).toBe(401)
      expect(await response.json()).toEqual({ type: 'AuthenticationError', message: 'Authentication failure' })
    }
    expect(api.producer.raws).toEqual([])
  })

  it('answers 403 to a command under a key that may only send', async () => {
    const response = await api.send('POST', '/v1/commands', { kind: 'approve', actionId: 'a' })
    expect([response.status, await response.json()]).toMatchObject([403, { type: 'AuthorizationError' }])
    expect(api.producer.events).toEqual([])
  })

  it('tells its versions to anybody', async () => {
    const response = await api.send('GET', '/api/status', undefined, { role: 'none' })
    expect([response.status, await response.json()]).toMatchObject([200, { versions: { Vigia: expect.any(String) } }])
  })
})

describe('paths', () => {
  it.each(['//api/v1/alert', '/api/v1/alert/', '//api//v1//alert//', '/api/v1/alert?x=1'])('takes %s', async path => {
    const alert = { type: 'a', source: 'b', sourceRef: 'c', title: 't', description: 'd' }
    expect((await api.send('POST', path, alert)).status).toBe(201)
  })

  it('answers no redirect to any path and method', async () => {
    for (const path of [
      ...posts,
      '/',
      '/api',
      '/api/',
      '/login',
      '/api/v1/query',
      '//',
      '/index.html',
      '/v1/alerts/',
    ]) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const { status } = await api.send(method, path, method === 'GET' ? undefined : '{}')
        expect(status < 300 || status >= 400).toBe(true)
      }
    }
  })

  it('answers 404 and 405 in the shape of TheHive', async () => {
    const unknown = await api.send('POST', '/api/v1/query', {})
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { type: 'NotFound' }])
    const wrong = await api.send('GET', '/api/v1/alert')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('the webhook', () => {
  it.each([
    ['an object', '{"rule":{"id":1}}'],
    ['an array of objects', '[{"a":1},{"a":2}]'],
    ['NDJSON, also with one broken line', '{"a":1}\n{"a":\n{"a":3}\n'],
  ])('takes %s as it is', async (_, body) => {
    const response = await api.send('POST', '/v1/alerts/wazuh', body)
    expect([response.status, await response.json()]).toEqual([202, { _id: 'alerts.raw/0/0', rawId: 'alerts.raw/0/0' }])
    const [put] = api.producer.raws
    expect(put?.value.toString()).toBe(body)
    expect(put && openHeaders(put.headers, put.value, sealSecret)).toEqual({
      tenant: 'acme',
      source: 'wazuh',
      origin: 'accepted',
      refused: null,
    })
  })

  it.each(['', '{', '3', '[]', '[1]'])('refuses and records %j', async body => {
    expect((await api.send('POST', '/v1/alerts/wazuh', body)).status).toBe(400)
    const [put] = api.producer.raws
    expect(put && openHeaders(put.headers, put.value, sealSecret)).toMatchObject({ source: 'wazuh', origin: 'refused' })
  })

  it('refuses a name that no source can have', async () => {
    expect((await api.send('POST', '/v1/alerts/a%23b', '{}')).status).toBe(400)
  })
})

describe('commands', () => {
  const analyst = { role: 'analyst' } as const

  it.each([
    [
      { kind: 'approve', actionId: 'a1', reason: 'seen' },
      { kind: 'approve', approve: { actionId: 'a1', reason: 'seen' } },
    ],
    [
      { kind: 'reject', actionId: 'a1' },
      { kind: 'reject', reject: { actionId: 'a1', reason: '' } },
    ],
    [
      { kind: 'close-case', caseId: 'c1' },
      { kind: 'close-case', closeCase: { caseId: 'c1', reason: '' } },
    ],
  ])('records %j with who asked for it', async (body, said) => {
    const response = await api.send('POST', '/v1/commands', body, analyst)
    const { commandId } = (await response.json()) as { commandId: string }
    expect(response.status).toBe(202)
    expect(api.producer.events).toEqual([
      {
        topic: 'commands',
        key: `acme#${commandId}`,
        id: commandId,
        draft: { ...said, actor: 'the-analyst', roles: ['analyst'], tenant: 'acme', domain: 'acme' },
      },
    ])
  })

  it('gives a repeat with the same Idempotency-Key the same id, and all else another', async () => {
    const body = { kind: 'approve', actionId: 'a1' }
    const idOf = async (headers: Record<string, string>, role: 'analyst' | 'admin' = 'analyst') => {
      const response = await api.send('POST', '/v1/commands', body, { role, headers })
      return ((await response.json()) as { commandId: string }).commandId
    }
    const first = await idOf({ 'idempotency-key': 'k' })
    expect(await idOf({ 'idempotency-key': 'k' })).toBe(first)
    const others = [
      await idOf({ 'idempotency-key': 'l' }),
      await idOf({ 'idempotency-key': 'k' }, 'admin'),
      await idOf({}),
      await idOf({}),
      await idOf({ 'idempotency-key': '' }),
      await idOf({ 'idempotency-key': '' }),
    ]
    expect(new Set([first, ...others]).size).toBe(7)
  })

  it.each([
    ['no kind', {}, 400],
    ['an unknown kind', { kind: 'delete', caseId: 'c' }, 400],
    ['the id of something else', { kind: 'approve', caseId: 'c' }, 400],
    ['an unknown field', { kind: 'approve', actionId: 'a', actor: 'root' }, 400],
    ['no JSON', '{', 400],
    ['the domain of another tenant', { kind: 'approve', actionId: 'a', domain: 'acme2' }, 403],
    ['a key within the domain', { kind: 'approve', actionId: 'a', domain: 'acme#x' }, 400],
  ])('refuses %s', async (_, body, status) => {
    expect((await api.send('POST', '/v1/commands', body, analyst)).status).toBe(status)
    expect([api.producer.events, api.producer.raws]).toEqual([[], []])
  })

  it('takes a site of the tenant as its domain', async () => {
    await api.send('POST', '/v1/commands', { kind: 'reject', actionId: 'a', domain: 'acme/north' }, analyst)
    expect(api.producer.events[0]?.draft).toMatchObject({ tenant: 'acme', domain: 'acme/north' })
  })

  it('answers 503 while the log does not answer', async () => {
    api.producer.failing = 'VIG_LOG_UNAVAILABLE'
    const response = await api.send('POST', '/v1/commands', { kind: 'approve', actionId: 'a' }, analyst)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  })
})
