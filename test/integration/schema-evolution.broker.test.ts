import { randomUUID } from 'node:crypto'
import avro from 'avsc'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { type Codec, codecFor, schemaText } from '../../runtime/codec.ts'
import { confluentRegistry } from '../../runtime/kafka/confluent-registry.ts'
import { topics } from '../../schemas/catalogue.ts'

/**
 * Three versions of one subject on the real registry: `before` lacks a kind of today, `today` is what this version writes,
 * `after` has a kind more. The codec is today's: the new reader of `before`, the old reader of `after`.
 */
type Field = { readonly name: string; readonly type: unknown; readonly default?: unknown }
type Schema = { readonly fields: readonly Field[] }

const topic = topics.alerts
const prefix = `evolution.${randomUUID().slice(0, 8)}.`
const subject = `${prefix}${topic.name}-value`
const registry = confluentRegistry(inject('registry'), 'evolution')

const today: Schema = JSON.parse(schemaText(topic))
const withFields = (fields: readonly Field[]) => JSON.stringify({ ...today, fields })
const before = withFields(today.fields.filter(field => field.name !== 'suppression'))
const enrichment = { type: 'record', name: 'Enrichment', fields: [{ name: 'note', type: 'string' }] }
const after = withFields([...today.fields, { name: 'enrichment', type: ['null', enrichment], default: null }])

const envelope = {
  id: 'e-1',
  causeId: 'alerts.raw/0/7#0',
  rawId: 'alerts.raw/0/7',
  domain: 'default',
  tenant: 'default',
  tlp: 'AMBER',
  pap: 'AMBER',
  eventTime: 1_700_000_000_000,
  at: 1_700_000_000_000,
  processTime: 1_700_000_000_001,
  seq: null,
  rulesetHash: null,
  attempt: 1,
}
const rejection = { part: 0, parts: 1, source: 'generic', code: 'VIG_ALERT_NOT_JSON', reason: 'at byte 3' }

/** As another version of the writer frames it: 0x00, the id, the datum. */
function written(id: number, schema: string, value: object): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(id, 1)
  return Buffer.concat([head, avro.Type.forSchema(JSON.parse(schema)).toBuffer(value)])
}

describe('a schema evolves on the real registry under FULL_TRANSITIVE', () => {
  let codec: Codec
  let idBefore: number
  let idAfter: number

  beforeAll(async () => {
    idBefore = await registry.register(subject, before, 'FULL_TRANSITIVE')
    codec = await codecFor({ registry, topics: [topic], prefix, clock: Date.now, schemas: 'register' })
    idAfter = await registry.register(subject, after, 'FULL_TRANSITIVE')
  })

  it('a new kind, a nullable record with default null, is accepted as a version of its own', async () => {
    const idToday = await registry.idOf(subject, schemaText(topic))
    expect(new Set([idBefore, idToday, idAfter]).size).toBe(3)
    expect(await registry.register(subject, after, 'FULL_TRANSITIVE')).toBe(idAfter)
  })

  it('old bytes are read by the new reader: the kind that they do not know is null', async () => {
    const bytes = written(idBefore, before, { ...envelope, kind: 'rejection', alert: null, rejection })
    await codec.learn([bytes])
    expect(codec.decode(topic, bytes)).toMatchObject({ ...envelope, kind: 'rejection', rejection, suppression: null })
  })

  it('new bytes are read by the old reader: it sees a kind that it does not know, and no body', async () => {
    const bodies = { alert: null, rejection: null, suppression: null }
    const bytes = written(idAfter, after, { ...envelope, kind: 'enrichment', ...bodies, enrichment: { note: 'new' } })
    await codec.learn([bytes])
    const read = codec.decode(topic, bytes)
    expect(read).toMatchObject({ ...envelope, kind: 'enrichment', ...bodies })
    expect(read).not.toHaveProperty('enrichment')
  })

  it('new bytes of a kind of today are read by the old reader whole', async () => {
    const bodies = { alert: null, rejection, suppression: null, enrichment: null }
    const bytes = written(idAfter, after, { ...envelope, kind: 'rejection', ...bodies })
    await codec.learn([bytes])
    expect(codec.decode(topic, bytes)).toMatchObject({ ...envelope, kind: 'rejection', rejection })
  })

  const breaking: [string, string][] = [
    ['a field without a default', withFields([...today.fields, { name: 'severity', type: 'int' }])],
    ['a field of the envelope less', withFields(today.fields.filter(field => field.name !== 'domain'))],
    [
      'another type',
      withFields(today.fields.map(field => (field.name === 'at' ? { ...field, type: 'string' } : field))),
    ],
    ['a kind that is not nullable', withFields([...today.fields, { name: 'enrichment', type: enrichment }])],
  ]
  it.each(breaking)('%s is refused, and the message names the subject', async (_what, schema) => {
    const refused = registry.register(subject, schema, 'FULL_TRANSITIVE')
    await expect(refused).rejects.toMatchObject({
      code: 'VIG_SCHEMA_MISFIT',
      message: expect.stringContaining(subject),
    })
  })

  it('a service does not start where its own schema was never registered', async () => {
    const starting = codecFor({ registry, topics: [topic], prefix: `${prefix}x.`, clock: Date.now, schemas: 'require' })
    await expect(starting).rejects.toMatchObject({ code: 'VIG_SCHEMA_MISFIT' })
  })
})
