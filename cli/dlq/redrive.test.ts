import { describe, expect, it } from 'vitest'
import { topics } from '../../schemas/catalogue.ts'
import type { AlertRecord } from '../../schemas/generated/types.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { sealHeaders } from '../../services/ingest/trust.ts'
import { type Chain, embeddedChain } from '../../test/chain/embedded-chain.ts'
import { deadInFold } from '../explain/some-events.ts'
import { ApiRefusal, type RedriveRequest } from '../verbs/post-command.ts'
import { type Choice, chosenBy } from './choose.ts'
import { type DeadLetterEntry, entriesNamed, stateOf } from './dead-letter.ts'
import { readBytes, readDeadLetters } from './read-dead-letters.ts'
import { type Driving, driven, drivesOf, judged, sendEach } from './redrive.ts'

const secret = 'a secret for this test'
const rules = ingestRulesOf({ secret })
const alert = { type: 't', source: 'probe', sourceRef: 'r', title: 'mended', description: 'd' }
const broken = '{"title": NaN}'

/** Bytes of two parts that are broken in 3 MB: the second dead letter does not hold them again. */
const large = `[7, ${JSON.stringify({ ...alert, tlp: 9 })}, "${'x'.repeat(3_000_000)}", ${JSON.stringify(alert)}]`

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
    const { entries, sources } = await readDeadLetters(await chainWith(JSON.stringify({ ...alert, tlp: 9 })))
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
    expect(JSON.parse(text(requests[1]))).toEqual({ ...alert, tlp: 9 })
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

  it('does not take what another tenant drove again in its name for its own', async () => {
    const chain = await chainWith(broken)
    const [first] = requestsIn(await drives(chain, all))
    await put(chain, { ...(first as RedriveRequest), tenant: 'globex', value: btoa(JSON.stringify(alert)) })
    const { entries, tries } = await readDeadLetters(chain)
    expect(entries.map(each => stateOf(each, tries))).toEqual(['open'])
    expect(requestsIn(await drives(chain, all))).toEqual([first])
  })

  describe('what the fold gave up', () => {
    const two = [{ ...alert, sourceRef: 'r-1' }, alert]

    /** Two alerts under the seal of a declared source, and a dead letter of the fold about the second. */
    async function givenUp(): Promise<Chain> {
      const chain = await chainWith()
      const value = Buffer.from(JSON.stringify(two))
      const headers = sealHeaders({ tenant: 'acme', source: 'edr', origin: 'accepted', refused: null }, value, secret)
      await chain.log.append([{ topic: `${chain.prefix}alerts.raw`, partition: 1, key: null, value, headers }])
      await chain.settled()
      await giveUp(
        chain,
        (await chain.all(topics.alerts)).find(each => each.causeId.endsWith('#1')),
      )
      return chain
    }

    async function giveUp(chain: Chain, event: AlertRecord | undefined): Promise<void> {
      if (event === undefined) throw new Error('no alert')
      const { tenant, domain, attempt } = event
      const letter = { ...deadInFold(event), tenant, domain, attempt }
      await chain.put(topics.dlq, 'k', chain.codec.encode(topics.dlq, letter))
    }

    it('is sent as it was: its part of the raw record, with its source, under its own origin', async () => {
      const [request] = requestsIn(await drives(await givenUp(), all))
      expect(request).toMatchObject({ origin: 'alerts.raw/1/0#1', attempt: 1, tenant: 'acme', source: 'edr' })
      expect(JSON.parse(text(request))).toEqual(two[1])
    })

    it('is open while the fold gives it up again, and taken where it does not', async () => {
      const chain = await givenUp()
      const states = async () => {
        const { entries, tries } = await readDeadLetters(chain)
        return entries.map(each => [each.attempt, stateOf(each, tries)]).toSorted()
      }
      const [first] = requestsIn(await drives(chain, all))
      const rawId = await put(chain, first as RedriveRequest)
      const alerts = await chain.all(topics.alerts)
      expect(await states()).toEqual([[0, 'taken']])
      await giveUp(
        chain,
        alerts.find(each => each.rawId === rawId),
      )
      expect(await states()).toEqual([
        [0, 'superseded'],
        [1, 'open'],
      ])
      expect(requestsIn(await drives(chain, each => each.attempt === 1))).toMatchObject([
        { origin: first?.origin, attempt: 2, value: first?.value },
      ])
    })

    it('is refused where retention has taken what was sent', async () => {
      const chain = await givenUp()
      chain.cluster.trim(`${chain.prefix}alerts.raw`, 1, 1)
      expect(await drives(chain, all)).toMatchObject([{ refused: 'its bytes are not kept any more' }])
    })
  })

  it('takes those of a code, a source and a tenant, the youngest of them, and leaves what is done', async () => {
    const chain = await chainWith()
    for (const tenant of ['acme', 'globex', 'acme']) {
      const value = Buffer.from(broken)
      const headers = sealHeaders({ tenant, source: 'edr', origin: 'accepted', refused: null }, value, secret)
      await chain.log.append([{ topic: `${chain.prefix}alerts.raw`, partition: 0, key: null, value, headers }])
      chain.at(Date.parse('2026-11-20T11:00:00Z') + (await chain.all(topics.dlq)).length)
      await chain.settled()
    }
    const [first] = requestsIn(await drives(chain, each => each.place.endsWith('/0')))
    await put(chain, { ...(first as RedriveRequest), value: btoa(JSON.stringify(alert)) })
    const letters = await readDeadLetters(chain)
    const of = (choice: Choice) => chosenBy(letters, choice).map(each => each.place.split('/').at(-1))
    const code = letters.entries[0]?.code
    expect(of({ code }).toSorted()).toEqual(['0', '1', '2'])
    expect(of({ code, tenant: 'acme' }).toSorted()).toEqual(['0', '2'])
    expect(of({ code, tenant: 'acme', isOpen: true })).toEqual(['2'])
    expect(of({ code, limit: 1 })).toHaveLength(1)
    expect(of({ code, source: 'edr' })).toHaveLength(3)
    expect([of({ code, source: 'ids' }), of({ code: 'VIG_OTHER' })]).toEqual([[], []])
  })

  describe('through the API', () => {
    async function sentWith(statuses: readonly number[]) {
      const drives = await chainWith(...statuses.map(() => broken)).then(chain => drivesIn(chain))
      const left = [...statuses]
      const post = async () => {
        const status = left.shift() ?? 0
        if (status !== 202) throw new ApiRefusal(status, 'no')
        return 'raw'
      }
      const { rawIds, refusals, problem } = await sendEach(drives, post)
      return [drives.map(each => rawIds.get(each) ?? refusals.get(each) ?? 'left'), problem instanceof ApiRefusal]
    }
    const drivesIn = (chain: Chain) => drives(chain, all)

    it.each([
      ['one that is refused is refused alone', [202, 403, 400, 202], ['raw', /403: no/, /400: no/, 'raw'], false],
      ['where there is no room the rest is left', [202, 503, 202], ['raw', 'left', 'left'], true],
      ['where too many were sent the rest is left', [429, 202], ['left', 'left'], true],
    ] as const)('%s', async (_what, statuses, told, isStopped) => {
      const expected = told.map(each => (typeof each === 'string' ? each : expect.stringMatching(each)))
      expect(await sentWith(statuses)).toEqual([expected, isStopped])
    })
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
    const of = (topic: string, stage: string): DeadLetterEntry => {
      return { ...entry, topic, stage, place: `${topic}/0/1`, origin: null }
    }
    const chosen = [
      ...[of('alerts', 'mirror.ecs'), of('alerts', 'case-builder.fold')],
      ...[of('commands', 'case-builder.fold'), of('analysis.results', 'case-builder.fold')],
    ]
    expect(drivesOf(chosen, letters, new Map(), { again: false }).map(each => each.refused)).toEqual([
      expect.stringContaining('has its outcome, so nothing is to be sent'),
      expect.stringContaining(`what was sent lies at ${entry.rawId}`),
      expect.stringContaining('ask for the same again'),
      expect.stringContaining('stays at analysis.results/0/1'),
    ])
    expect(drivesOf([entry], letters, new Map(), { again: false })).toMatchObject([
      { refused: 'its bytes are not kept any more' },
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
