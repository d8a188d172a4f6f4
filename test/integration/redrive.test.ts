import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Verb } from '../../cli/verb.ts'
import { dlq } from '../../cli/verbs/dlq.ts'
import { ledger } from '../../cli/verbs/ledger.ts'
import { suppress } from '../../cli/verbs/suppress.ts'
import { topics } from '../../schemas/catalogue.ts'
import { repeatedIds, valuesOf } from './evidence.ts'
import { type Running, startInProcess } from './in-process.ts'
import { until } from './until.ts'

let chain: Running
beforeAll(async () => {
  chain = await startInProcess()
})
afterAll(() => chain.close())

async function vigia(verb: Verb, words: readonly string[], flags: object = {}) {
  const out: string[] = []
  const io = { out: (text: string) => out.push(text), err: () => {}, env: {} }
  const access = { brokers: inject('brokers'), registry: inject('registry'), prefix: chain.prefix }
  const code = await verb.run(words, { json: true, ...access, api: chain.api, key: chain.key, ...flags }, io)
  return { code, json: JSON.parse(out.join('\n')) }
}

const send = (alert: object) =>
  fetch(`${chain.api}/api/alert`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${chain.key}` },
    body: JSON.stringify(alert),
  })

const alert = {
  type: 'siem',
  source: 'probe',
  sourceRef: 'r-1',
  title: 'mended',
  description: 'd',
  severity: 2,
  tlp: 1,
}
const { title: _, ...untitled } = alert

describe('a dead letter', () => {
  it('that was refused, is edited and driven again, ends in a case; the ledger counts its origin once', async () => {
    expect((await send(untitled)).status).toBe(400)
    const { id, origin } = await until('dead letter', async () => (await vigia(dlq, ['list'])).json.entries[0])
    const shown = await vigia(dlq, ['show', id.slice(0, 8)])
    expect(JSON.parse(Buffer.from(shown.json.value, 'base64').toString())).toEqual(untitled)
    expect(shown.json).toMatchObject({ code: 'VIG_ALERT_REFUSED', origin, state: 'open', source: 'thehive' })
    expect(Object.keys(shown.json.headers)).not.toContain('vigia-seal')

    const asItIs = await vigia(dlq, ['redrive', id], { 'dry-run': true })
    expect([asItIs.code, asItIs.json.redriven]).toMatchObject([3, [{ outcome: 'rejection', attempt: 1, rawId: null }]])
    const failed = await vigia(dlq, ['redrive', id])
    expect([failed.code, failed.json.redriven]).toMatchObject([3, [{ outcome: 'rejection', origin, attempt: 1 }]])

    const edit = join(mkdtempSync(join(tmpdir(), 'vigia-redrive-')), 'mended.json')
    writeFileSync(edit, JSON.stringify(alert))
    const mended = await vigia(dlq, ['redrive', id], { edit })
    expect([mended.code, mended.json.redriven]).toMatchObject([0, [{ outcome: 'alert', origin, attempt: 2 }]])
    expect((await vigia(dlq, ['redrive', id], { edit })).code).toBe(3)

    const { code, json } = await vigia(ledger, [], { wait: '30' })
    expect([code, json]).toMatchObject([0, { raw: 1, linked: 1, rejected: 0, unaccounted: 0, balanced: true }])
    const linked = (await valuesOf(chain, topics.caseEvents)).filter(each => each.kind === 'alert-linked')
    expect(linked.map(each => each.causeId)).toEqual([mended.json.redriven[0].eventId])
    expect(await repeatedIds(chain)).toEqual([])
  })
})

describe('a suppression', () => {
  it('keeps alerts out of the cases until it is ended; each has its outcome', async () => {
    const when = 'alert.source == "probe" && alert.title.contains("noise")'
    const added = await vigia(suppress, ['add', when], { reason: 'a scanner of ours', for: '1h' })
    expect([added.code, added.json.done]).toEqual([0, true])
    await send({ ...alert, sourceRef: 'r-2', title: 'noise' })
    const kept = await until('suppressed alert', async () =>
      (await valuesOf(chain, topics.caseEvents)).find(each => each.kind === 'alert-suppressed'),
    )
    expect(kept).toMatchObject({ caseId: null, alertSuppressed: { suppressionId: added.json.suppressionId } })
    expect((await vigia(suppress, ['list'])).json.suppressions).toMatchObject([{ state: 'live', alerts: 1, when }])
    expect((await vigia(suppress, ['end', added.json.suppressionId], { reason: 'done' })).code).toBe(0)
    const { json } = await vigia(ledger, [], { wait: '30' })
    expect(json).toMatchObject({ raw: 2, linked: 1, suppressed: 1, balanced: true })
  })
})
