import { describe, expect, it } from 'vitest'
import { withoutFiles } from './api/thehive-files.ts'
import type { JsonObject } from './json-object.ts'
import { judge } from './judge.ts'
import { partsOf } from './parts.ts'
import { ingestRulesOf } from './rules.ts'
import { leavesOf } from './sources/field-walk.ts'
import { mapTheHive } from './sources/thehive.ts'

const rules = ingestRulesOf()

function outcomesOf(text: string): string[] {
  const parts = partsOf(Buffer.from(text))
  const received = { tenant: null, source: null, topic: 'alerts.raw', at: Date.UTC(2026, 10, 25), parts: parts.length }
  return parts.map((each, part) => judge(rules, { ...received, part }, each).outcome.kind)
}

/** `inner` in ten objects, each under a key of its own of some length. */
function under(length: number, inner: JsonObject): JsonObject {
  return Array.from({ length: 10 }, (_, level) => `${level}${'k'.repeat(length)}`).reduce<JsonObject>(
    (value, key) => ({ [key]: value }),
    inner,
  )
}

const leaves = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`f${n}`, 'x']))
const theHive = { type: 'external', source: 'siem', sourceRef: 'r-1', title: 't', description: 'd' }

/** Sizes at which work that grows with the square of the input would not end, or not fit into memory. */
describe('a record that is made to keep ingest busy', () => {
  it.each([
    ['long keys above many fields', JSON.stringify(under(200_000, leaves))],
    [
      'what could be the structured data of a line, which never ends it',
      JSON.stringify({ '@timestamp': 't', message: `<1>1 2026-01-01T00:00:00Z h p 1 - [${'a] '.repeat(300_000)}\n}` }),
    ],
    [
      "many locations in a line of Wazuh's, with another behind it",
      `Alert Level: 3; Rule: 1 - ${'; Location: ;'.repeat(20_000)}\nx`,
    ],
  ])('with %s has one outcome', (_, text) => {
    expect(outcomesOf(text)).toEqual(['alert'])
  })

  it('has fields of which the end is told, however deep they lie', () => {
    const [leaf] = leavesOf(under(1000, { list: [{ source: { ip: '203.0.113.9' } }] }))
    expect(leaf?.path).toHaveLength(512)
    expect(leaf?.path).toMatch(/k\.list\[0\]\.source\.ip$/)
    expect(leaf?.field).toMatch(/k\.list\.source\.ip$/)
  })

  it('has its field names known by their end', () => {
    const body = under(1000, { source: { ip: '203.0.113.9' } })
    const [part] = partsOf(Buffer.from(JSON.stringify(body)))
    const received = { tenant: null, source: null, topic: 'alerts.raw', at: 0, part: 0, parts: 1 }
    expect(part && judge(rules, received, part).outcome).toMatchObject({
      alert: { observables: [{ type: 'ip', value: '203.0.113.9', role: 'source' }] },
    })
  })

  it('has its files taken out in one pass, however often a text looks like one of them', () => {
    const artifacts = Array.from({ length: 200 }, (_, n) => ({ dataType: 'file', data: `${n}.bin;a/b;QQ==` }))
    const tags = Array.from({ length: 400_000 }, () => ';QQ==')
    const text = JSON.stringify({ ...theHive, tags, artifacts })
    const without = withoutFiles(text, JSON.parse(text), [], true)
    expect(without?.files).toHaveLength(200)
    expect(without?.text).not.toContain('a/b;QQ==')
    expect(JSON.parse(without?.text ?? '').artifacts[199]).toEqual({ dataType: 'file', data: '199.bin' })
  })

  it('has as many described files as an alert may bring, each looked up once', () => {
    const sha256 = '0'.repeat(64)
    const file = (n: number) => ({ part: `p${n}`, name: `${n}.bin`, contentType: 'a/b', size: 1, sha256, kept: true })
    const some = <Item>(item: (n: number) => Item) => Array.from({ length: 30_000 }, (_, n) => item(n))
    const body = { ...theHive, vigia_files: some(file), artifacts: some(n => ({ dataType: 'file', data: `${n}` })) }
    const mapped = mapTheHive({ ...body, observables: some(n => ({ dataType: 'file', attachment: [`p${n}`, 'p1'] })) })
    const files = mapped.outcome === 'alert' ? mapped.alert.observables.filter(({ type }) => type === 'file') : []
    expect(files.slice(0, 2).map(({ attachment }) => attachment?.name)).toEqual(['0.bin', '1.bin'])
    expect(files.length).toBeGreaterThanOrEqual(200)
    expect(files.length).toBeLessThanOrEqual(1200)
  })
})
