import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAll, readLedger } from '../../cli/ledger/read-ledger.ts'
import { partitionFor } from '../../runtime/partitioning.ts'
import { topics } from '../../schemas/catalogue.ts'
import { type Running, startInProcess } from './in-process.ts'
import { until, untilNothingMissing } from './until.ts'

const alert = (ref: string) => ({
  ...{ type: 'siem', source: 'probe', sourceRef: ref, title: `alert ${ref}`, description: 'd', severity: 2, tlp: 1 },
  artifacts: [{ dataType: 'ip', data: '203.0.113.7', tags: ['src'] }],
})
const { title: _, ...untitled } = alert('untitled')
const notUtf8 = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
const nan = JSON.stringify(alert('nan')).replace('"severity":2', '"severity":NaN')
const wrongType = { ...alert('wrong'), severity: 'very' }

type Body = string | Buffer | object
const bytesOf = (body: Body) =>
  Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))

let chain: Running
beforeAll(async () => {
  chain = await startInProcess()
})
afterAll(() => chain.close())

const deadLetters = async () =>
  (await readAll(chain.log, chain.codec, chain.prefix, topics.dlq)).map(each => each.value.deadLetter)
const put = async (topic: string, partition: number, value: Buffer, key: string | null = null) => {
  const record = { topic: chain.prefix + topic, partition, key: key === null ? null : Buffer.from(key), value }
  const [at] = await chain.log.append([record])
  return { topic, partition, offset: at?.offset ?? -1 }
}

describe('bad input over HTTP', () => {
  const send = (body: Body, key: string | null = chain.key, path = '/api/alert') =>
    fetch(`${chain.api}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
      body: new Uint8Array(bytesOf(body)),
    })

  const refused: [string, Body, object][] = [
    [
      'not JSON',
      '{"title": "x',
      { type: 'BadRequest', message: expect.stringMatching(/^The body is not JSON: position/) },
    ],
    ['JSON that is no object', '[1, 2]', { type: 'BadRequest', message: expect.stringMatching(/not a JSON object$/) }],
    ['NaN', nan, { type: 'BadRequest', message: expect.stringMatching(/^The body is not JSON: position/) }],
    ['invalid UTF-8', notUtf8, { type: 'BadRequest', message: 'The body is not UTF-8' }],
    [
      'a missing title',
      untitled,
      { type: 'AttributeCheckingError', errors: [{ name: 'title', type: 'MissingAttributeError' }] },
    ],
    [
      'a wrong type',
      wrongType,
      { type: 'AttributeCheckingError', errors: [expect.objectContaining({ name: 'severity', format: 'int' })] },
    ],
  ]
  it.each(refused)('%s is answered 400 and dead-lettered with its bytes and origin', async (_what, body, answer) => {
    const answered = await send(body)
    expect(answered.status).toBe(400)
    expect(await answered.json()).toMatchObject(answer)
    const letter = await until('dead letter', async () =>
      (await deadLetters()).find(each => each.code === 'VIG_ALERT_REFUSED' && each.value?.equals(bytesOf(body))),
    )
    expect(letter).toMatchObject({ service: 'ingest', topic: 'alerts.raw', offset: expect.any(Number) })
  })

  it('unknown fields are let be: the alert is taken', async () => {
    const answered = await send({ ...alert('unknown-fields'), colour: 'blue', nested: { deep: [null] } })
    expect(answered.status).toBe(201)
  })

  it('a body over 2 MB is answered 413', async () => {
    const answered = await send({ ...alert('large'), description: 'x'.repeat(2_000_000) })
    expect(answered.status).toBe(413)
    expect(await answered.json()).toMatchObject({ message: expect.stringContaining('2000000 bytes') })
  })

  it.each([
    ['a missing key', null],
    ['a wrong key', 'vgk_wrong'],
  ])('%s is answered 401, for alerts and for commands', async (_what, key) => {
    for (const path of ['/api/alert', '/v1/alerts/probe', '/v1/commands']) {
      const answered = await send(alert('no-key'), key, path)
      expect(answered.status).toBe(401)
      expect(await answered.json()).toEqual({ type: 'AuthenticationError', message: 'Authentication failure' })
    }
  })
})

describe('bad input on the topics', () => {
  const raw: [string, Body, string][] = [
    ['not JSON', '{"title": "y', 'VIG_ALERT_NOT_JSON'],
    ['JSON that is no object', '"a text"', 'VIG_ALERT_NOT_OBJECT'],
    ['NaN', nan, 'VIG_ALERT_NOT_JSON'],
    ['invalid UTF-8', notUtf8, 'VIG_ALERT_NOT_UTF8'],
    ['a missing title', untitled, 'VIG_ALERT_INVALID'],
    ['a wrong type', wrongType, 'VIG_ALERT_INVALID'],
    ['nothing', Buffer.alloc(0), 'VIG_ALERT_NOT_JSON'],
  ]
  it.each(raw)('%s on alerts.raw is dead-lettered with code, bytes and origin', async (_what, body, code) => {
    const origin = await put('alerts.raw', 1, bytesOf(body))
    const letter = await until('dead letter', async () => (await deadLetters()).find(liesAt(origin)))
    expect(letter).toMatchObject({ code, reason: expect.stringMatching(/./), service: 'ingest' })
    expect(letter.value).toEqual(bytesOf(body))
  })

  /** An alert that ingest wrote, under another id: what only the writer of `alerts` can make. */
  async function written(id: string) {
    await put('alerts.raw', 0, bytesOf(alert(id)))
    const value = await until('alert', async () =>
      (await readAll(chain.log, chain.codec, chain.prefix, topics.alerts)).find(
        each => each.value.kind === 'alert' && each.value.alert.sourceRef === id,
      ),
    ).then(each => each.value)
    const key = `${value.domain}#${id}`
    const right = partitionFor(topics.alerts, key, topics.alerts.partitions, 0)
    return { key, right, frame: chain.codec.encode(topics.alerts, { ...value, id, causeId: id, rawId: null }) }
  }

  const frames: [string, string, (frame: Buffer) => Buffer, number][] = [
    ['an unknown schema id', 'VIG_SCHEMA_UNKNOWN', frame => withId(frame, 0x7ffffff0), 0],
    ['a truncated frame', 'VIG_VALUE_UNREADABLE', frame => frame.subarray(0, frame.length - 20), 0],
    ['a frame of four bytes', 'VIG_VALUE_UNREADABLE', frame => frame.subarray(0, 4), 0],
    ['no frame at all', 'VIG_VALUE_UNREADABLE', () => Buffer.from('{"title":"not Avro"}'), 0],
    ['a record in the wrong partition', 'VIG_WRONG_PARTITION', frame => frame, 1],
  ]
  it.each(frames)('%s on alerts is dead-lettered with code, bytes and origin', async (what, code, broken, off) => {
    const { key, right, frame } = await written(`frame-${what.replaceAll(' ', '-')}`)
    const bytes = broken(frame)
    const origin = await put('alerts', (right + off) % topics.alerts.partitions, bytes, key)
    const letter = await until('dead letter', async () => (await deadLetters()).find(liesAt(origin)))
    expect(letter).toMatchObject({ code, service: 'case-builder', stage: 'case-builder.fold' })
    expect(letter.value).toEqual(bytes)
    expect(letter.key?.toString()).toBe(key)
  })

  it('after all of it the partitions go on and the ledger balances', async () => {
    for (const partition of Array.from({ length: topics.alertsRaw.partitions }, (_, index) => index))
      await put('alerts.raw', partition, bytesOf(alert(`after-${partition}`)))
    await untilNothingMissing(async () => {
      const { pending, linked } = await readLedger(chain.log, chain.codec, chain.prefix)
      return pending === 0 && linked >= frames.length + topics.alertsRaw.partitions
        ? []
        : [`${pending} pending, ${linked} linked`]
    }, 60_000)
    const { parts: _, ...ledger } = await readLedger(chain.log, chain.codec, chain.prefix)
    console.log(JSON.stringify(ledger))
    const linked = 1 + frames.length + topics.alertsRaw.partitions
    const rejected = 6 + raw.length
    expect(ledger).toMatchObject({
      ...{ raw: linked + rejected, linked, rejected, duplicate: 0, suppressed: 0, pending: 0, unaccounted: 0 },
      ...{ repeated: [], balanced: true },
    })
    expect(await deadLetters()).toHaveLength(rejected + frames.length)
  })
})

function liesAt(origin: { readonly topic: string; readonly partition: number; readonly offset: number }) {
  return (each: { readonly topic: string; readonly partition: number; readonly offset: number }): boolean =>
    each.topic === origin.topic && each.partition === origin.partition && each.offset === origin.offset
}

function withId(frame: Buffer, id: number): Buffer {
  const copy = Buffer.from(frame)
  copy.writeUInt32BE(id, 1)
  return copy
}
