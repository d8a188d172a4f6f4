import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ContentStore } from '../../../adapters/content/content-store.ts'
import { memoryContentStore } from '../../../adapters/content/memory-store.ts'
import { VigiaError } from '../../../core/errors.ts'
import { fingerprintOfTheHive } from '../../../core/fingerprint.ts'
import { recordedBodies } from '../fixture-reader.ts'
import type { MappedAlert } from '../sources/mapped.ts'
import { mapTheHive } from '../sources/thehive.ts'
import { type StartedApi, startedApi } from './started-api.ts'

let store: ContentStore
let api: StartedApi
beforeEach(async () => {
  store = memoryContentStore({ maxFile: 1000, maxTotal: 2000 })
  api = await startedApi({ content: store })
})
afterEach(async () => {
  await api.close()
  expect(api.failures).toEqual([])
})

/** What thehive4py's own script sends in both versions. */
const sample = Buffer.from('TVogdmlnaWEgdGVzdCAA/w==', 'base64')
const sha256 = createHash('sha256').update(sample).digest('hex')
const base64 = sample.toString('base64')
const attachment = { name: 'muestra ñ.bin', contentType: 'application/octet-stream', size: 16, sha256 }
const alert = { type: 'siem', source: 'x', sourceRef: 'r-1', title: 't', description: 'd' }

const record = () => api.producer.raws.at(-1)?.value.toString() ?? ''
function mapped(): MappedAlert {
  const result = mapTheHive(JSON.parse(record()))
  if (result.outcome !== 'alert') throw new Error(JSON.stringify(result))
  return result.alert
}
const filesOf = () => mapped().observables.filter(({ type }) => ['file', 'filename', 'hash'].includes(type))
const form = (...parts: readonly (readonly [string, string | Buffer])[]) => ({
  body: Buffer.concat([
    ...parts.flatMap(([head, body]) => [Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]),
    Buffer.from('--b--\r\n'),
  ]),
  headers: { 'content-type': 'multipart/form-data; boundary=b' },
})
const jsonPart = 'Content-Disposition: form-data; name="_json"'

describe('the files that thehive4py sends', () => {
  it.each([
    ['in JSON, with the whole local path', 'thehive4py-1.8.2-version3', '/api/alert', 'artifacts[3].data'],
    ['in JSON, with the whole local path', 'thehive4py-1.8.2-version4', '/api/alert', 'artifacts[3].data'],
  ])('%s, by %s, go to the store and not on the log', async (_, recording, path, place) => {
    const [body] = recordedBodies(`recorded/${recording}.json`, path)
    const response = await api.send('POST', path, JSON.stringify(body))
    expect(response.status).toBe(201)
    expect(await store.get(sha256)).toEqual(sample)
    expect(record()).not.toContain(base64)
    expect(record()).not.toContain('/home/')
    expect(JSON.parse(record()).vigia_files).toEqual([{ part: place, ...attachment, kept: true }])
    expect(filesOf().slice(-3)).toMatchObject([
      { type: 'file', value: sha256, role: 'indicator', path: place, attachment, tlp: 2 },
      { type: 'filename', value: 'muestra ñ.bin', path: place },
      { type: 'hash', value: sha256, path: place },
    ])
  })

  it('as multipart, the file first and _json last with a file name, go to the store and not on the log', async () => {
    const { requests } = JSON.parse(
      readFileSync(new URL('../../../test/fixtures/recorded/thehive4py-2.0.3.json', import.meta.url), 'utf8'),
    ) as { requests: { path: string; headers: Record<string, string>; body: { base64?: string } | null }[] }
    const request = requests.find(each => each.path === '/api/v1/alert' && each.body?.base64 !== undefined)
    const body = Buffer.from(request?.body?.base64 ?? '', 'base64')
    const headers = { 'content-type': request?.headers['content-type'] ?? '' }
    expect((await api.send('POST', '/api/v1/alert', body, { headers })).status).toBe(201)
    expect(await store.get(sha256)).toEqual(sample)
    expect(filesOf()).toMatchObject([
      { type: 'file', value: sha256, path: 'observables[0].attachment', attachment, tags: ['sample'] },
      { type: 'filename', value: 'muestra ñ.bin', tags: ['sample'] },
      { type: 'hash', value: sha256, tags: ['sample'] },
    ])
  })
})

describe('a file in JSON', () => {
  const withFile = (data: string) => ({ ...alert, artifacts: [{ dataType: 'file', data }] })

  it.each([
    ['a path of Unix', '/home/ana/muestra ñ.bin', 'muestra ñ.bin'],
    ['a path of Windows', 'C:\\Users\\ana\\muestra ñ.bin', 'muestra ñ.bin'],
    ['quotes', 'a "b".bin', 'a "b".bin'],
    ['a semicolon', 'a;b.bin', 'a;b.bin'],
    ['control characters', 'a\u0000b\n.bin', 'ab.bin'],
  ])('may have a name with %s', async (_, given, name) => {
    expect((await api.send('POST', '/api/alert', withFile(`${given};text/plain;${base64}`))).status).toBe(201)
    expect(JSON.parse(record()).artifacts).toEqual([{ dataType: 'file', data: name }])
    expect(JSON.parse(record()).vigia_files).toMatchObject([{ name, contentType: 'text/plain', size: 16 }])
    expect(await store.has(sha256)).toBe(true)
  })

  it('leaves every other byte of the sender as it was', async () => {
    const before = '{"n": 12345678901234567890, "e":1e2,"type":"siem","source":"x","sourceRef":"r-1","title":"t",'
    const body = `${before}"description":"d","artifacts":[{"dataType":"file","data":"/a/x.bin;a/b;${base64}","tags":[]}] }`
    const response = await api.send('POST', '/api/alert', body)
    const { _id } = (await response.json()) as { _id: string }
    expect(
      record().startsWith(`${before}"description":"d","artifacts":[{"dataType":"file","data":"x.bin","tags":[]}] ,`),
    ).toBe(true)
    expect(_id).toBe(fingerprintOfTheHive(JSON.parse(record()), 'acme'))
  })

  it.each([
    ['escaped slashes', (text: string) => text.replaceAll('/', '\\/')],
    ['escapes for letters', (text: string) => text.replace('TVog', '\\u0054Vog')],
    ['the same text in its description', (text: string) => text.replace('"d"', `"/a/x.bin;a/b;${base64}"`)],
  ])('is taken out too where the body has %s', async (_, written) => {
    const response = await api.send('POST', '/api/alert', written(JSON.stringify(withFile(`/a/x.bin;a/b;${base64}`))))
    const { _id } = (await response.json()) as { _id: string }
    const put = JSON.parse(record())
    expect(put.artifacts[0].data).toBe('x.bin')
    expect(_id).toBe(fingerprintOfTheHive(put, 'acme'))
    expect(await store.has(sha256)).toBe(true)
  })

  it('is taken out once for each artifact that has it', async () => {
    const item = { dataType: 'file', data: `x.bin;a/b;${base64}` }
    await api.send('POST', '/api/alert', { ...alert, artifacts: [item, item], observables: [item] })
    expect(record()).not.toContain(base64)
    expect(JSON.parse(record()).vigia_files.map((file: { part: string }) => file.part)).toEqual([
      'artifacts[0].data',
      'artifacts[1].data',
      'observables[0].data',
    ])
  })

  it('gives equal requests equal ids, though each bears another random reference', async () => {
    const ids = await Promise.all(
      ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'].map(async sourceRef => {
        const body = { ...withFile(`x.bin;a/b;${base64}`), sourceRef }
        return ((await (await api.send('POST', '/api/alert', body)).json()) as { _id: string })._id
      }),
    )
    expect(new Set(ids).size).toBe(1)
  })

  it('is refused with the alert where there are more than an alert may bring, and none of them is on the log', async () => {
    const files = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ dataType: 'file', data: `${n};a/b;${base64}` }))
    const body = JSON.stringify({ ...alert, artifacts: files(150), observables: files(51) })
    const response = await api.send('POST', '/api/alert', body)
    expect([response.status, await response.json()]).toEqual([
      400,
      { type: 'BadRequest', message: 'More than 200 files came with one alert' },
    ])
    expect(JSON.parse(record())).toEqual({ vigia_body: { size: body.length, sha256: expect.any(String) } })
    expect((await api.send('POST', '/api/alert', { ...alert, artifacts: files(200) })).status).toBe(201)
  })

  it('is not in the record of a refused alert either', async () => {
    const response = await api.send('POST', '/api/alert', { ...withFile(`x.bin;a/b;${base64}`), title: 3 })
    expect(response.status).toBe(400)
    expect(record()).not.toContain(base64)
    expect(JSON.parse(record()).vigia_files).toMatchObject([{ kept: false }])
    expect(await store.has(sha256)).toBe(false)
  })
})

describe('files of a multipart body', () => {
  const file = (name: string, filename: string) =>
    `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: application/octet-stream`

  it('that no observable names are observables of their own', async () => {
    const { body, headers } = form([jsonPart, JSON.stringify(alert)], [file('attachment', 'C:\\casos\\x.bin'), sample])
    expect((await api.send('POST', '/api/v1/alert', body, { headers })).status).toBe(201)
    expect(filesOf()).toMatchObject([
      { type: 'file', value: sha256, path: 'vigia_files[0]', attachment: { name: 'x.bin', size: 16 } },
      { type: 'filename', value: 'x.bin' },
      { type: 'hash', value: sha256 },
    ])
  })

  it('that one observable names together are all its own', async () => {
    const json = { ...alert, observables: [{ dataType: 'file', attachment: ['a', 'b'] }] }
    const { body, headers } = form(
      [file('a', 'a.bin'), 'abc'],
      [file('b', 'b.bin'), 'def'],
      [jsonPart, JSON.stringify(json)],
    )
    await api.send('POST', '/api/v1/alert', body, { headers })
    expect(filesOf().map(({ type, path }) => `${type} ${path}`)).toEqual(
      ['file', 'filename', 'hash', 'file', 'filename', 'hash'].map(type => `${type} observables[0].attachment`),
    )
  })

  it('may be empty, but what a browser sends for no file is none', async () => {
    const { body, headers } = form([jsonPart, JSON.stringify(alert)], [file('a', 'a.bin'), ''], [file('b', ''), ''])
    await api.send('POST', '/api/v1/alert', body, { headers })
    expect(JSON.parse(record()).vigia_files).toMatchObject([{ part: 'a', size: 0 }])
  })

  it('are not on the log where the body cannot be read', async () => {
    const { body, headers } = form([file('a', 'a.bin'), sample])
    expect((await api.send('POST', '/api/v1/alert', body, { headers })).status).toBe(400)
    expect(record()).not.toContain('MZ')
    expect(JSON.parse(record())).toEqual({ vigia_multipart: { size: body.length, sha256: expect.any(String) } })
  })
})

describe('what a sender says of files that nobody has seen', () => {
  it('does not stand: the field is ours', async () => {
    const forged = { part: 'k', ...attachment, kept: true }
    await api.send('POST', '/api/alert', { ...alert, vigia_files: [forged] })
    expect(JSON.parse(record()).vigia_files).toEqual([])
    expect(filesOf()).toEqual([])
  })
})

describe('a store that does not take a file', () => {
  const big = (bytes: number) => ({
    ...alert,
    artifacts: [{ dataType: 'file', data: `x;a/b;${Buffer.alloc(bytes, bytes % 251).toString('base64')}` }],
  })

  it('is told as 413 where the file is too large, and nothing is put on the log', async () => {
    expect((await api.send('POST', '/api/alert', big(1001))).status).toBe(413)
    expect(api.producer.raws).toEqual([])
  })

  it('is told as 503 where it is full; alerts without files are taken', async () => {
    await api.send('POST', '/api/alert', big(1000))
    await api.send('POST', '/api/alert', big(999))
    const response = await api.send('POST', '/api/alert', big(998))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60'])
    expect((await api.send('POST', '/api/alert', alert)).status).toBe(201)
    expect(api.producer.raws).toHaveLength(3)
  })

  it('is told as 503 where it cannot be reached', async () => {
    const broken = await startedApi({
      content: { ...store, put: () => Promise.reject(new VigiaError('VIG_CONTENT_UNAVAILABLE', 'the disk is gone')) },
    })
    expect((await broken.send('POST', '/api/alert', big(10))).status).toBe(503)
    expect(broken.producer.raws).toEqual([])
    await broken.close()
  })
})

describe('without a store', () => {
  it('files are described, are not on the log, and no observable claims to have one', async () => {
    const none = await startedApi()
    await none.send('POST', '/api/alert', { ...alert, artifacts: [{ dataType: 'file', data: `x.bin;a/b;${base64}` }] })
    const put = none.producer.raws[0]?.value.toString() ?? ''
    expect(put).not.toContain(base64)
    const result = mapTheHive(JSON.parse(put))
    const found = result.outcome === 'alert' ? result.alert.observables : []
    expect(found.map(({ type }) => type)).toEqual(['filename', 'hash'])
    expect(found.every(each => each.attachment === undefined)).toBe(true)
    await none.close()
  })
})
