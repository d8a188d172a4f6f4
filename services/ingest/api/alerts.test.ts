import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprintOfTheHive } from '../../../core/fingerprint.ts'
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

const alert = { type: 'siem', source: 'x', sourceRef: 'r-1', title: 't', description: 'd' }
const originOf = (index: number) => {
  const put = api.producer.raws[index]
  return put && openHeaders(put.headers, put.value, sealSecret)
}

describe('creating an alert', () => {
  it('puts the exact bytes on the log, sealed, and answers the fingerprint', async () => {
    const text = ` {"title":"t","extra":1.0, "description":"d","type":"siem","source":"x","sourceRef":"r-1"}\n`
    const response = await api.send('POST', '/api/alert', text)
    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({
      _id: fingerprintOfTheHive(alert, 'acme'),
      _type: 'alert',
      severity: 2,
    })
    expect(api.producer.raws.map(({ value }) => value.toString())).toEqual([text])
    expect(originOf(0)).toEqual({ tenant: 'acme', source: 'thehive', origin: 'accepted', refused: null })
  })

  it('answers only after the log has acknowledged', async () => {
    const gate = Promise.withResolvers<void>()
    api.producer.acknowledged = gate.promise
    let answered = false
    const response = api.send('POST', '/api/alert', alert).then(given => {
      answered = true
      return given
    })
    await expect.poll(() => api.producer.raws.length).toBe(1)
    await api.send('GET', '/api/status')
    expect(answered).toBe(false)
    gate.resolve()
    expect((await response).status).toBe(201)
  })

  it('answers equal requests at the same time with the same id', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/api/v1/alert', alert)))
    const ids = await Promise.all(responses.map(async response => ((await response.json()) as { _id: string })._id))
    expect(new Set(ids)).toEqual(new Set([fingerprintOfTheHive(alert, 'acme')]))
    expect(responses.every(({ status }) => status === 201)).toBe(true)
  })

  it.each([
    { customFields: null },
    { customFields: [] },
    { customFields: [{ name: 'a', value: 1 }] },
    { customFields: { a: { string: 'x', order: 0 } } },
    { severity: null, tags: null, artifacts: null, tlp: 4 },
    { date: '1700000000000', unknown: { deep: [1] } },
    { title: '', description: '' },
  ])('is as lenient as TheHive to %j', async more => {
    expect((await api.send('POST', '/api/v1/alert', { ...alert, ...more })).status).toBe(201)
  })

  it('counts each value of an observable, and gives custom fields as an array in v1', async () => {
    const observables = [
      { dataType: 'ip', data: ['192.0.2.1', '192.0.2.2'] },
      { dataType: 'ip', data: '192.0.2.3' },
    ]
    const customFields = { a: 'x', b: { integer: 3, order: 1 } }
    const response = await api.send('POST', '/api/v1/alert', { ...alert, observables, customFields, tlp: 3 })
    expect(await response.json()).toMatchObject({
      observableCount: 3,
      tlpLabel: 'AMBER+STRICT',
      customFields: [
        { name: 'a', value: 'x' },
        { name: 'b', value: 3 },
      ],
    })
  })

  it('adds what multipart files were to the JSON, and nothing else', async () => {
    const json =
      '{"type":"siem","source":"x","sourceRef":"r-1","title":"ñ","description":"d","n":12345678901234567890 }'
    const body = [
      '--b\r\nContent-Disposition: form-data; name="k1"; filename="/tmp/a.bin"\r\n\r\nabc',
      '\r\n--b\r\nContent-Disposition: form-data; name="_json"; filename="_json"\r\n\r\n',
      `${json}\r\n--b--\r\n`,
    ].join('')
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    const response = await api.send('POST', '/api/v1/alert', body, { headers })
    expect(response.status).toBe(201)
    const value = api.producer.raws[0]?.value.toString() ?? ''
    expect(value.startsWith(json.slice(0, -1))).toBe(true)
    const put = JSON.parse(value) as Record<string, unknown>
    expect(put.vigia_files).toEqual([
      {
        part: 'k1',
        name: 'a.bin',
        contentType: 'text/plain',
        size: 3,
        kept: false,
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
    ])
    expect(await response.json()).toMatchObject({ _id: fingerprintOfTheHive(put, 'acme'), title: 'ñ' })
  })
})

describe('a body that is refused', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1')
  it.each<[string, Buffer | string | object, object]>([
    ['an empty body', '', { type: 'BadRequest', message: expect.stringContaining('position 0') }],
    ['broken JSON', '{"title":"t",}', { type: 'BadRequest', message: expect.stringContaining('position 13') }],
    ['NaN', '{"severity":NaN}', { type: 'BadRequest', message: expect.stringContaining('NaN is not JSON') }],
    ['an array', '[]', { type: 'BadRequest', message: 'The body is an array, not a JSON object' }],
    ['null', 'null', { type: 'BadRequest', message: 'The body is null, not a JSON object' }],
    ['latin1', bytes('{"title":"\xf1"}'), { type: 'BadRequest', message: 'The body is not UTF-8' }],
    ['deep nesting', `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`, { type: 'BadRequest' }],
    ...['title', 'type', 'source', 'sourceRef', 'description'].map((name): [string, object, object] => [
      `no ${name}`,
      { ...alert, [name]: undefined },
      {
        type: 'AttributeCheckingError',
        message: `[Attribute ${name} is missing]`,
        errors: [{ name, type: 'MissingAttributeError' }],
      },
    ]),
    ...(
      [
        ['sourceRef', 7, 'string'],
        ['severity', '2', 'int'],
        ['severity', 9, 'int'],
        ['date', '2026-11-25T00:00:00Z', 'date'],
        ['tags', 'one', 'list'],
        ['artifacts', {}, 'list'],
      ] as const
    ).map(([name, value, format]): [string, object, object] => [
      `${name} ${JSON.stringify(value)}`,
      { ...alert, [name]: value },
      { type: 'AttributeCheckingError', errors: [{ name, type: 'InvalidFormatAttributeError', format }] },
    ]),
  ])('is answered 400 for %s', async (_, body, answer) => {
    const response = await api.send('POST', '/api/alert', body)
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining(answer)])
    expect(originOf(0)).toMatchObject({ tenant: 'acme', source: 'thehive', origin: 'refused' })
  })

  it('names all wrong fields at once', async () => {
    const response = await api.send('POST', '/api/alert', { title: 3 })
    const { errors } = (await response.json()) as { errors: { name: string }[] }
    expect(errors.map(({ name }) => name).sort()).toEqual(['description', 'source', 'sourceRef', 'title', 'type'])
  })

  it('is recorded once, with its bytes and the reason, however often it is sent', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => api.send('POST', '/api/alert', '{"a":1}')))
    expect(all.every(({ status }) => status === 400)).toBe(true)
    expect(api.producer.raws.map(({ value }) => value.toString())).toEqual(['{"a":1}'])
    expect(originOf(0)?.refused).toContain('Attribute title is missing')
    await api.send('POST', '/api/alert', '{"a":2}')
    expect(api.producer.raws).toHaveLength(2)
  })

  it('is answered 503 while it cannot be recorded, and recorded when it is sent again', async () => {
    api.producer.failing = 'VIG_LOG_UNAVAILABLE'
    expect((await api.send('POST', '/api/alert', '{}')).status).toBe(503)
    api.producer.failing = undefined
    expect((await api.send('POST', '/api/alert', '{}')).status).toBe(400)
    expect(api.producer.raws).toHaveLength(1)
  })

  it('is not recorded where it is larger than 1 MiB', async () => {
    expect((await api.send('POST', '/api/alert', 'x'.repeat(1024 * 1024 + 1))).status).toBe(400)
    expect(api.producer.raws).toHaveLength(0)
  })

  it.each([
    ['no _json', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n{}\r\n--b--\r\n'],
    ['no end', '--b\r\nContent-Disposition: form-data; name="_json"\r\n\r\n{}'],
    ['a bad _json', '--b\r\nContent-Disposition: form-data; name="_json"\r\n\r\n{}\r\n--b--\r\n'],
  ])('is answered 400 where it is multipart with %s', async (_, body) => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    expect((await api.send('POST', '/api/v1/alert', body, { headers })).status).toBe(400)
    expect(originOf(0)?.origin).toBe('refused')
  })

  it('is answered 413 where it is larger than 2 MB, and not recorded', async () => {
    const response = await api.send('POST', '/api/alert', 'x'.repeat(2_000_001))
    expect([response.status, await response.json()]).toMatchObject([413, { type: 'BadRequest' }])
    expect(api.producer.raws).toHaveLength(0)
  })
})

describe('a log that does not take it', () => {
  it.each([
    ['VIG_LOG_UNAVAILABLE', 503, '5'],
    ['VIG_VALUE_TOO_LARGE', 413, null],
  ] as const)('is told for %s as %i', async (code, status, retryAfter) => {
    api.producer.failing = code
    for (const path of ['/api/alert', '/api/v1/alert', '/v1/alerts/wazuh']) {
      const response = await api.send('POST', path, alert)
      expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter])
    }
  })
})

describe('a log that does not answer', () => {
  it('is told as 503 before the sender gives up, and the resend is answered as the first would have been', async () => {
    const slow = await startedApi({ answerWithinMs: 50 })
    slow.producer.acknowledged = new Promise(() => {})
    for (const path of ['/api/alert', '/api/v1/alert', '/v1/alerts/wazuh', '/v1/alerts/wazuh/_bulk']) {
      const response = await slow.send('POST', path, alert)
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    }
    slow.producer.acknowledged = undefined
    const again = await slow.send('POST', '/api/alert', alert)
    expect([again.status, await again.json()]).toMatchObject([201, { _id: fingerprintOfTheHive(alert, 'acme') }])
    await slow.close()
  })
})
