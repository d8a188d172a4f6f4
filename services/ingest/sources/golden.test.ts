import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Judged, judge } from '../judge.ts'
import { partsOf } from '../parts.ts'
import { ingestRulesOf } from '../rules.ts'

/**
 * What real programs sent and what becomes of it, read by eye: `test/fixtures/sources/<kind>/<name>.<json|ndjson|log>` is
 * one record, `.jsonl` holds recorded Kafka records with their `payload`; `<name>.golden.json` has an entry for each part.
 */
const root = new URL('../../../test/fixtures/sources/', import.meta.url)

const at = Date.UTC(2026, 11, 1)
const rules = ingestRulesOf()

const fixtures = readdirSync(root, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(({ name: kind }) =>
    readdirSync(new URL(`${kind}/`, root))
      .filter(name => /\.(?:json|ndjson|jsonl|log)$/.test(name) && !name.endsWith('.golden.json'))
      .map(name => ({ kind, name })),
  )

function recordsIn(name: string, bytes: Buffer): Buffer[] {
  if (!name.endsWith('.jsonl')) return [bytes]
  return bytes
    .toString()
    .split('\n')
    .filter(line => line !== '')
    .map(line => Buffer.from((JSON.parse(line) as { payload: string }).payload))
}

function judgedOf(record: Buffer): Judged[] {
  const parts = partsOf(record)
  const received = { tenant: null, source: null, topic: 'alerts.raw', at, parts: parts.length }
  return parts.map((each, part) => judge(rules, { ...received, part }, each))
}

function told({ outcome, tlp, pap, eventTime }: Judged): object {
  if (outcome.kind === 'alert') {
    return { outcome: 'alert', alert: outcome.alert, tlp, pap, eventTime: new Date(eventTime).toISOString() }
  }
  return outcome.kind === 'rejection'
    ? { outcome: 'rejection', code: outcome.rejection.code, reason: outcome.rejection.reason }
    : { outcome: 'suppression', policy: outcome.suppression.policy, reason: outcome.suppression.reason }
}

describe('the corpus of sources', () => {
  it.each(fixtures)('$kind/$name is what its golden file says', async ({ kind, name }) => {
    const judged = recordsIn(name, readFileSync(new URL(`${kind}/${name}`, root))).flatMap(judgedOf)
    expect(judged.length).toBeGreaterThan(0)
    const golden = new URL(`${kind}/${name.replace(/\.[a-z]+$/, '')}.golden.json`, root)
    await expect(`${JSON.stringify(judged.map(told), null, 1)}\n`).toMatchFileSnapshot(golden.pathname)
  })

  it('has at least fifteen sources', () => {
    expect(new Set(fixtures.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(15)
  })
})
