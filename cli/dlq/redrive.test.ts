import { describe, expect, it } from 'vitest'
import { topics } from '../../schemas/catalogue.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { sealHeaders } from '../../services/ingest/trust.ts'
import { type Chain, embeddedChain } from '../../test/chain/embedded-chain.ts'
import type { RedriveRequest } from '../verbs/post-command.ts'
import { type DeadLetterEntry, entriesNamed, stateOf } from './dead-letter.ts'
import { readBytes, readDeadLetters } from './read-dead-letters.ts'
import { type Driving, driven, drivesOf, judged } from './redrive.ts'

const secret = 'a secret for this test'
const rules = ingestRulesOf({ secret })
const alert = { type: 't', source: 'probe', sourceRef: 'r', title: 'mended', description: 'd' }
const broken = '{"title": NaN}'

/** Bytes of two parts that are broken in 3 MB: the second dead letter does not hold them again. */
const large = `[7, ${JSON.stringify({ ...alert, title: 3 })}, "${'x'.repeat(3_000_000)}", ${JSON.stringify(alert)}]`

async function chainWith(...values: readonly string[]): Promise<Chain> {
  const chain = await embeddedChain()
  await chain.start(ingest(rules))
  await chain.send(...values)
  await chain.settled()
  return chain
}

async function drives(chain: Chain, choose: (each: DeadLetterEntry) => boolean, driving: Driving = { again: false }) {
  const letters = await readDeadLetters(chain)
  const chosen = letters.entries.filter(choose)
  return drivesOf(chosen, letters, await readBytes(chain, chosen, letters.entries), driving)
}

/** As the API puts it. */
async function put(chain: Chain, { origin, attempt, tenant, source, value }: RedriveRequest): Promise<string> {
  const bytes = Buffer.from(value, 'base64')
  const from = { tenant, source, origin: 'accepted', refused: null, redrive: { origin, attempt } } as const
  const headers = sealHeaders(from, bytes, secret)
  const [at] = await chain.log.append([
    { topic: `${chain.prefix}alerts.raw`, partition: 0, key: null, value: bytes, headers },
  ])
  await chain.settled()
  return `alerts.raw/0/${at?.offset}`
}

const all = () => true
const requestsIn = (list: Awaited<ReturnType<typeof drives>>) => list.flatMap(each => each.request ?? [])
const text = (request: RedriveRequest | undefined) => Buffer.from(request?.value ?? '', 'base64').toString()

describe('a dead letter', () => {
  it('is found by its id, the beginning of it, and the record that failed', async () => {
    const { entries } = await readDeadLetters(await chainWith(broken, `[7,${JSON.stringify(alert)},8]`))
    const [first] = entries.filter(each => each.part === null)
    expect(entries).toHaveLength(3)
    expect(entriesNamed(first?.id ?? '', entries)).toEqual([first])
    expect(entriesNamed(first?.id.slice(0, 8) ?? '', entries)).toEqual([first])
    expect(entriesNamed(`${first?.place}#0`, entries)).toEqual([first])
    const place = entries.find(each => each.part === 2)?.place ?? ''
    expect(entriesNamed(`${place}#2`, entries)).toMatchObject([{ part: 2 }])
    expect(entriesNamed(place, entries)).toHaveLength(2)
    expect(entriesNamed('abc', entries)).toEqual([])
  })

  it('has the source that its rejection counts for', async () => {
    const { entries, sources } = await readDeadLetters(await chainWith(JSON.stringify({ ...alert, title: 3 })))
    expect(entries.map(each => sources.get(each.causeId))).toEqual(['probe'])
  })
})

describe('driving again', () => {
  it('sends the bytes of one part alone, under its own origin, and finds those that lie elsewhere', async () => {
    const requests = requestsIn(await drives(await chainWith(large), all))
    expect(requests.map(({ origin, attempt, source }) => [origin.split('#')[1], attempt, source])).toEqual([
      ['0', 1, null],
      ['1', 1, null],
      ['2', 1, null],
    ])
    expect(text(requests[0])).toBe('7')
    expect(JSON.parse(text(requests[1]))).toEqual({ ...alert, title: 3 })
  })

  it('counts attempts on, keeps the first origin, and is told when it went through', async () => {
    const chain = await chainWith(broken)
    const [first] = requestsIn(await drives(chain, all))
    expect(first).toMatchObject({ attempt: 1, tenant: 'default', source: null })
    expect(text(first)).toBe(broken)
    await put(chain, first as RedriveRequest)

    const failed = await readDeadLetters(chain)
    expect(failed.entries.map(each => [each.attempt, stateOf(each, failed.tries)]).toSorted()).toEqual([
      [0, 'superseded'],
      [1, 'open'],
    ])
    const edited = Buffer.from(JSON.stringify(alert))
    const [second] = requestsIn(await drives(chain, each => each.attempt === 1, { edited, again: false }))
    expect(second).toMatchObject({ origin: first?.origin, attempt: 2 })

    let rawId = ''
    const outcomes = await driven(chain, async () => {
      rawId = await put(chain, second as RedriveRequest)
      return [rawId]
    })
    expect(outcomes.get(rawId)).toMatchObject({ outcome: 'alert', says: expect.stringContaining('mended') })
    expect((await chain.all(topics.alerts)).at(-1)).toMatchObject({
      ...{ attempt: 2, rawId, causeId: `${rawId}#0` },
      alert: { origin: first?.origin, title: 'mended' },
    })
    const after = await readDeadLetters(chain)
    expect(after.entries.map(each => stateOf(each, after.tries))).toEqual(['taken', 'taken'])
    const refused = await drives(chain, all, { edited, again: false })
    expect(refused.map(each => each.refused)).toEqual(Array(2).fill(expect.stringContaining('attempt 2 went through')))
    expect(requestsIn(await drives(chain, all, { edited, again: true })).map(each => each.attempt)).toEqual([3, 4])
  })

  it('does not believe a header that is not sealed', async () => {
    const chain = await chainWith()
    const headers = { 'vigia-redrive': Buffer.from('7 alerts.raw/0/99#0'), 'vigia-tenant': Buffer.from('other') }
    await chain.log.append([
      { topic: `${chain.prefix}alerts.raw`, partition: 1, key: null, value: Buffer.from(broken), headers },
    ])
    await chain.settled()
    expect(requestsIn(await drives(chain, all))).toMatchObject([
      { origin: 'alerts.raw/1/0#0', attempt: 1, tenant: 'default', source: null },
    ])
  })

  it('keeps the source that was declared under the seal', async () => {
    const chain = await chainWith()
    const value = Buffer.from(broken)
    const headers = sealHeaders({ tenant: 'acme', source: 'edr', origin: 'accepted', refused: null }, value, secret)
    await chain.log.append([{ topic: `${chain.prefix}alerts.raw`, partition: 1, key: null, value, headers }])
    await chain.settled()
    expect(requestsIn(await drives(chain, all))).toMatchObject([{ tenant: 'acme', source: 'edr' }])
  })

  it('refuses what is no raw record, and what is more than one alert, and says what to do', async () => {
    const chain = await chainWith(broken)
    const letters = await readDeadLetters(chain)
    const [entry] = letters.entries
    if (entry === undefined) throw new Error('no dead letter')
    const of = (topic: string): DeadLetterEntry => ({ ...entry, topic, place: `${topic}/0/1`, origin: null })
    const chosen = [of('alerts'), of('commands'), of('analysis.results')]
    expect(drivesOf(chosen, letters, new Map(), { again: false }).map(each => each.refused)).toEqual([
      expect.stringContaining('vigia send'),
      expect.stringContaining('ask for the same again'),
      expect.stringContaining('stays at analysis.results/0/1'),
    ])
    expect(drivesOf([entry], letters, new Map(), { again: false })).toMatchObject([
      { refused: 'its bytes are not kept here' },
    ])
    const edited = Buffer.from('[{"title":"a"},{"title":"b"}]')
    expect(drivesOf([entry], letters, new Map(), { again: false, edited })).toMatchObject([
      { refused: expect.stringContaining('holds 2 alerts') },
    ])
  })

  it('is judged on no broker in a dry run, as ingest would', async () => {
    const request = { origin: 'alerts.raw/0/0#0', attempt: 1, tenant: 'acme', source: null }
    const of = (value: string) => judged(rules, { ...request, value: Buffer.from(value).toString('base64') }, 0)
    expect(of(JSON.stringify(alert))).toMatchObject({ outcome: 'alert', says: expect.stringContaining('mended') })
    expect(of(broken)).toMatchObject({ outcome: 'rejection', says: expect.stringContaining('VIG_ALERT_NOT_JSON') })
    expect(of('{"event_type":"flow","flow_id":1}')).toMatchObject({ outcome: 'suppression' })
  })
})
