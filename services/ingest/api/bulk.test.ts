import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VigiaError } from '../../../core/errors.ts'
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

const bulk = (body: string | Buffer, headers = {}) => api.send('POST', '/v1/alerts/wazuh/_bulk', body, { headers })
type Answered = { errors: boolean; items: { status: number; rawId?: string; error?: { message: string } }[] }
const answered = async (body: string | Buffer, headers = {}) => (await (await bulk(body, headers)).json()) as Answered

describe('a bulk of lines', () => {
  it('puts each line on the log as it is, and answers for each in order', async () => {
    expect(await answered('{"a":1}\r\n\n  \n{"a": 2}\n[{"a":3},{"a":4}]')).toEqual({
      errors: false,
      items: [0, 1, 2].map(n => ({ status: 202, _id: `alerts.raw/0/${n}`, rawId: `alerts.raw/0/${n}` })),
    })
    expect(api.producer.raws.map(({ value }) => value.toString())).toEqual([
      '{"a":1}\r',
      '{"a": 2}',
      '[{"a":3},{"a":4}]',
    ])
  })

  it('tells the bad lines in their places, and records them as refused', async () => {
    const { errors, items } = await answered('{"a":1}\n{"a":\n3\n{"a":4}\n')
    expect([errors, items.map(item => item.status)]).toEqual([true, [202, 400, 400, 202]])
    expect(items[1]?.error).toEqual({ type: 'BadRequest', message: expect.stringContaining('position') })
    const origins = api.producer.raws.map(put => openHeaders(put.headers, put.value, sealSecret)?.origin)
    expect(origins.toSorted()).toEqual(['accepted', 'accepted', 'refused', 'refused'])
  })

  it('answers 503 for the lines that the log did not take, and 202 for the others', async () => {
    const { raw } = api.producer
    let calls = 0
    api.producer.raw = (value, headers) =>
      ++calls % 2 === 0 ? Promise.reject(new VigiaError('VIG_LOG_UNAVAILABLE', 'away')) : raw(value, headers)
    const { errors, items } = await answered('{"a":1}\n{"a":2}\n{"a":3}\n')
    expect([errors, items.map(item => item.status)]).toEqual([true, [202, 503, 202]])
  })

  it('is answered 503 as a whole where the log took nothing', async () => {
    api.producer.failing = 'VIG_LOG_UNAVAILABLE'
    const response = await bulk('{"a":1}\n{"a":2}\n')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  })

  it('may be packed with gzip', async () => {
    const { items } = await answered(gzipSync('{"a":1}\n{"a":2}\n'), { 'content-encoding': 'gzip' })
    expect(items.map(item => item.status)).toEqual([202, 202])
  })

  it.each([
    ['no lines', ' \n\n', 400],
    ['more than 10,000 lines', '{}\n'.repeat(10_001), 413],
    ['more than 2 MB', `{"a":"${'x'.repeat(2_000_000)}"}\n`, 413],
    ['a bomb', gzipSync(Buffer.alloc(50_000_000)), 413],
  ])('is refused with %s', async (_, body, status) => {
    expect((await bulk(body, Buffer.isBuffer(body) ? { 'content-encoding': 'gzip' } : {})).status).toBe(status)
    expect(api.producer.raws).toEqual([])
  })
})
