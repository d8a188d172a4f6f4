import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addKey, removeKey } from '../../cli/keys-file.ts'
import { readAll, readLedger } from '../../cli/ledger/read-ledger.ts'
import { topics } from '../../schemas/catalogue.ts'
import { createKey } from '../../services/ingest/api/keys.ts'
import { type Running, startInProcess } from './in-process.ts'
import { until } from './until.ts'

const folder = mkdtempSync(join(tmpdir(), 'vigia-intake-'))
const keysFile = join(folder, 'api-keys')
const files = join(folder, 'content')
const { key, line } = createKey('a-test', 'default', 'send')

let chain: Running
beforeAll(async () => {
  writeFileSync(keysFile, `${line}\n`)
  chain = await startInProcess({
    ...{ VIGIA_API_KEYS: undefined, VIGIA_API_KEYS_FILE: keysFile, VIGIA_CONTENT_DIR: files },
  })
})
afterAll(async () => {
  await chain.close()
  rmSync(folder, { recursive: true, force: true })
})

const post = (path: string, body: string | Buffer, headers = {}, by = key) =>
  fetch(`${chain.api}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${by}`, ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
const alert = (ref: string) => ({
  ...{ type: 'siem', source: 'intake', sourceRef: ref, title: `alert ${ref}`, description: 'd', severity: 2, tlp: 1 },
})
const alerts = async () =>
  (await readAll(chain.log, chain.codec, chain.prefix, topics.alerts)).flatMap(({ value }) =>
    value.kind === 'alert' ? [{ ...value.alert, rawId: value.rawId }] : [],
  )
const alertOf = (ref: string) =>
  until(`alert ${ref}`, async () => (await alerts()).find(each => each.sourceRef === ref))

describe('the intake', () => {
  it('answers equal requests at the same time alike; of their records one is linked, the others repeat it', async () => {
    const body = JSON.stringify(alert('twice'))
    const responses = await Promise.all([1, 2, 3].map(() => post('//api/v1/alert/', body, { 'x-organisation': 'ci' })))
    const ids = await Promise.all(
      responses.map(async each => [each.status, ((await each.json()) as { _id: string })._id]),
    )
    expect(new Set(ids.map(String)).size).toBe(1)
    expect(ids[0]?.[0]).toBe(201)
    const ledger = await until('three outcomes', async () => {
      const read = await readLedger(chain.log, chain.codec, chain.prefix)
      return read.raw === 3 && read.pending === 0 ? read : undefined
    })
    expect(ledger).toMatchObject({ linked: 1, duplicate: 2, unaccounted: 0, balanced: true })
    expect((await alertOf('twice')).fingerprint).toBe(ids[0]?.[1])
  })

  it('keeps the file of a multipart alert on the disk and its description on the log', async () => {
    const bytes = Buffer.from([77, 90, 0, 255, 13, 10])
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const json = JSON.stringify({ ...alert('file'), observables: [{ dataType: 'file', attachment: 'k1' }] })
    const body = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="k1"; filename="C:\\casos\\muestra ñ.bin"\r\n'),
      Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
      bytes,
      Buffer.from(
        `\r\n--b\r\nContent-Disposition: form-data; name="_json"; filename="_json"\r\n\r\n${json}\r\n--b--\r\n`,
      ),
    ])
    const response = await post('/api/v1/alert', body, { 'content-type': 'multipart/form-data; boundary=b' })
    expect(response.status).toBe(201)
    expect(readFileSync(join(files, sha256.slice(0, 2), sha256.slice(2, 4), sha256))).toEqual(bytes)
    const { observables, rawId } = await alertOf('file')
    const attachment = { name: 'muestra ñ.bin', contentType: 'application/octet-stream', size: 6, sha256 }
    expect(observables.find(each => each.type === 'file')).toMatchObject({
      value: sha256,
      role: 'indicator',
      attachment,
    })
    expect(observables.map(each => each.type).toSorted()).toEqual(['file', 'filename', 'hash'])
    for await (const records of chain.log.read(chain.prefix + topics.alertsRaw.name, {
      from: 'beginning',
      until: 'end',
    }))
      for (const { partition, offset, value } of records)
        if (rawId === `alerts.raw/${partition}/${offset}`) expect(value?.includes(bytes)).toBe(false)
  })

  it('takes a packed bulk, the JSON that Filebeat ships in message among it, each line as its own record', async () => {
    const shipped = {
      '@timestamp': '2026-11-25T08:00:00Z',
      message: JSON.stringify(alert('shipped')),
      agent: { type: 'filebeat' },
    }
    const lines = [JSON.stringify(alert('first')), '{"broken":', JSON.stringify(shipped)]
    const response = await post('/v1/alerts/intake/_bulk', gzipSync(lines.join('\n')), { 'content-encoding': 'gzip' })
    const { errors, items } = (await response.json()) as {
      errors: boolean
      items: { status: number; _id?: string; rawId?: string }[]
    }
    expect([response.status, errors, items.map(item => item.status)]).toEqual([200, true, [202, 400, 202]])
    for (const [ref, item] of [
      ['first', items[0]],
      ['shipped', items[2]],
    ] as const) {
      expect(await alertOf(ref)).toMatchObject({ fingerprint: item?._id, rawId: item?.rawId })
    }
  })

  it('lets a key in that was added to the file, and no longer one that was revoked, with no restart', async () => {
    const other = createKey('other', 'default', 'send', { sources: ['intake'] })
    const statusOf = async (by: string) => (await post('/v1/alerts/intake', '{"a":1}', {}, by)).status
    const becomes = (status: number) =>
      until(`answer ${status}`, async () => ((await statusOf(other.key)) === status ? status : undefined))
    expect(await statusOf(other.key)).toBe(401)
    addKey(keysFile, other.line)
    await becomes(202)
    removeKey(keysFile, 'other')
    await becomes(401)
    expect(await statusOf(key)).toBe(202)
  })
})
