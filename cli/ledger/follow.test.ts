import { describe, expect, it } from 'vitest'
import type { Log } from '../../runtime/log.ts'
import { topics } from '../../schemas/catalogue.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { sealHeaders } from '../../services/ingest/trust.ts'
import { type Chain, embeddedChain } from '../../test/chain/embedded-chain.ts'
import { ledgerText } from '../verbs/ledger.ts'
import { followLedger } from './follow.ts'
import { ledgerMetrics } from './ledger-metrics.ts'
import type { Filter } from './outcome.ts'
import { progress } from './progress.ts'
import { readingOf, readLedger } from './read-ledger.ts'
import { serveLedger, watchLedger } from './watch.ts'

const start = Date.parse('2026-11-20T10:00:00Z')
const minute = 60_000

function alert(number: number): object {
  const artifacts = [{ dataType: 'ip', data: `198.51.100.${number}` }]
  return { title: `Alert ${number}`, description: 'd', type: 't', source: 's', sourceRef: `r${number}`, artifacts }
}

async function runningChain(): Promise<Chain> {
  const chain = await embeddedChain()
  await chain.start(ingest(ingestRulesOf()))
  await chain.start(caseBuilder())
  return chain
}

/** Counts what is read through a log. */
function counted(log: Log): { log: Log; read: () => number } {
  let count = 0
  async function* read(
    ...given: Parameters<Log['read']>
  ): ReturnType<Log['read']> extends AsyncIterable<infer Batch> ? AsyncGenerator<Batch> : never {
    for await (const records of log.read(...given)) {
      count += records.length
      yield records
    }
  }
  return { log: { ...log, read }, read: () => count }
}

describe('an account that is followed', () => {
  it('reads only what is new, and says what one that reads everything says', async () => {
    const chain = await runningChain()
    const { log, read } = counted(chain.log)
    const following = followLedger({ ...chain, log }, { remembers: 'open' })
    await chain.send(alert(1), alert(2), [alert(3), 7], '{ no json')
    await chain.settled()
    await following.round()
    expect(following.account.ledger()).toMatchObject({ raw: 5, linked: 3, rejected: 2, balanced: true })
    expect(following.account.open()).toBe(0)

    const before = read()
    await following.round()
    expect(read()).toBe(before)

    await chain.send(alert(4), alert(1))
    await chain.settled()
    await following.round()
    // Two raw records, two alerts, and the case events of a new case and a repeat.
    expect(read() - before).toBeLessThan(10)
    const { truncated, absent: _, matched: __, ...whole } = await readLedger(chain.log, chain.codec, chain.prefix)
    expect(truncated).toEqual([])
    expect(following.account.ledger()).toEqual(whole)
    expect(whole).toMatchObject({ raw: 7, linked: 4, duplicate: 1, rejected: 2 })
  })

  it('sees what waits, and then what became of it', async () => {
    const chain = await embeddedChain()
    const following = followLedger(chain, { remembers: 'open' })
    await following.round()
    expect(following.account.ledger()).toMatchObject({ raw: 0, balanced: true })
    chain.at(start + minute)
    await chain.send(alert(1))
    await following.round()
    expect(following.account.ledger()).toMatchObject({ raw: 1, pending: 1 })
    expect(following.account.ledger().parts).toMatchObject([{ source: 'unread', since: start + minute }])
    await chain.start(ingest(ingestRulesOf()))
    await chain.settled()
    await following.round()
    expect(following.account.ledger().parts).toMatchObject([{ outcome: 'pending', source: 's' }])
    await chain.start(caseBuilder())
    await chain.settled()
    await following.round()
    expect(following.account.ledger()).toMatchObject({ raw: 1, linked: 1, pending: 0, parts: [] })
  })
})

describe('a dead letter that is driven again through ingest', () => {
  it('is one part still: rejected, then waiting, then linked', async () => {
    const chain = await embeddedChain()
    const secret = 'of the API'
    await chain.start(ingest({ ...ingestRulesOf(), secret }))
    await chain.send('{ no json')
    await chain.settled()
    const following = followLedger(chain, { remembers: 'open' })
    await following.round()
    const rejected = following.account.ledger()
    expect(rejected).toMatchObject({ raw: 1, rejected: 1 })

    const value = Buffer.from(JSON.stringify(alert(1)))
    const [letter] = await chain.all(topics.dlq)
    const origin = letter?.causeId ?? ''
    const from = { tenant: 'default', source: null, origin: 'accepted', refused: null } as const
    const headers = sealHeaders({ ...from, redrive: { origin, attempt: 1 } }, value, secret)
    await chain.log.append([{ topic: `${chain.prefix}alerts.raw`, partition: 0, key: null, value, headers }])
    await chain.settled()
    await following.round()
    expect(following.account.ledger()).toMatchObject({ raw: 1, pending: 1, rejected: 0 })
    await chain.start(caseBuilder())
    await chain.settled()
    await following.round()
    const linked = { raw: 1, linked: 1, pending: 0, rejected: 0, balanced: true }
    expect(following.account.ledger()).toMatchObject(linked)
    expect(await readLedger(chain.log, chain.codec, chain.prefix)).toMatchObject({ ...linked, repeated: [] })
  })
})

describe('the account of a range', () => {
  async function threeHours(): Promise<Chain> {
    const chain = await runningChain()
    for (const hour of [0, 1, 2]) {
      chain.at(start + hour * 60 * minute)
      await chain.send(alert(3 * hour), alert(3 * hour + 1), alert(3 * hour + 2))
      await chain.settled()
    }
    return chain
  }
  const of = ({ log, codec, prefix }: Chain, range: object) => readLedger(log, codec, prefix, range)

  it('holds the raw records of that time, and what became of them whenever', async () => {
    const chain = await threeHours()
    const hour = 60 * minute
    const all = { pending: 0, unaccounted: 0, balanced: true, truncated: [] }
    expect(await of(chain, {})).toMatchObject({ raw: 9, linked: 9, ...all })
    expect(await of(chain, { from: start + hour, to: start + 2 * hour })).toMatchObject({ raw: 3, linked: 3, ...all })
    expect(await of(chain, { from: start + hour })).toMatchObject({ raw: 6, linked: 6, ...all })
    expect(await of(chain, { to: start + 1 })).toMatchObject({ raw: 3, linked: 3, ...all })
    expect(await of(chain, { from: start + 9 * hour })).toMatchObject({ raw: 0, ...all })
  })

  it('holds the raw records of those offsets', async () => {
    const chain = await threeHours()
    const offsets = [
      { partition: 0, from: 1, to: 1 },
      { partition: 2, from: 1, to: 7 },
    ]
    expect(await of(chain, { offsets })).toMatchObject({ raw: 3, linked: 3, balanced: true, truncated: [] })
  })

  it('says which offsets are not there', async () => {
    const chain = await threeHours()
    const offsets = [
      { partition: 0, from: 0, to: 2 },
      { partition: 1, from: 2, to: 3 },
      { partition: 7, from: 5, to: 9 },
    ]
    const absent = [
      { partition: 1, from: 3, to: 3 },
      { partition: 7, from: 5, to: 9 },
    ]
    const reading = await of(chain, { offsets })
    expect(reading).toMatchObject({ raw: 4, balanced: true, absent })
    expect(ledgerText(reading)).toContain('there is no alerts.raw/7/5-9')
    expect(await of(chain, {})).toMatchObject({ absent: [], matched: true })
  })

  it('says where nothing is of the source or the tenant that is asked for', async () => {
    const chain = await threeHours()
    const following = followLedger(chain, { remembers: 'all' })
    await following.round()
    const matched = async (filter: Filter) => (await readingOf(following, filter)).matched
    expect(await matched({ source: 's', tenant: 'default' })).toBe(true)
    expect(await matched({ source: 'S' })).toBe(false)
    expect(await matched({ tenant: 'acme' })).toBe(false)
  })

  it('is truncated where it begins before what is left, and not where it lies behind it', async () => {
    const chain = await threeHours()
    chain.cluster.trim(`${chain.prefix}alerts.raw`, 0, 1)
    const truncated = [{ topic: 'alerts.raw', partition: 0, start: 1 }]
    expect(await of(chain, {})).toMatchObject({ raw: 8, linked: 8, balanced: true, truncated })
    expect(await of(chain, { from: start })).toMatchObject({ raw: 8, truncated })
    expect(await of(chain, { from: start + 61 * minute })).toMatchObject({ raw: 3, truncated: [] })
    expect(await of(chain, { offsets: [{ partition: 0, from: 0, to: 2 }] })).toMatchObject({ raw: 2, truncated })
    expect(await of(chain, { offsets: [{ partition: 1, from: 0, to: 2 }] })).toMatchObject({ raw: 3, truncated: [] })
  })
})

describe('the exporter', () => {
  it('exposes what the ledger says and which sources are silent', async () => {
    const chain = await runningChain()
    for (let number = 0; number < 10; number += 1) {
      chain.at(start + number * minute)
      await chain.send(alert(number))
      await chain.settled()
    }
    const stop = new AbortController()
    const exporter = await serveLedger('127.0.0.1', 0)
    const text = async () => {
      const answer = await fetch(exporter.url)
      return { status: answer.status, lines: (await answer.text()).split('\n') }
    }
    try {
      expect((await text()).status).toBe(503)
      const now = start + 3 * 60 * minute
      await watchLedger(chain, {
        everyMs: 1,
        clock: () => now,
        signal: stop.signal,
        tell(ledger, sources) {
          exporter.set(ledger, sources, now)
          stop.abort()
        },
      })
      const { status, lines } = await text()
      expect(status).toBe(200)
      expect(lines).toEqual(
        expect.arrayContaining([
          'vigia_ledger_parts{outcome="linked"} 10',
          'vigia_ledger_parts{outcome="rejected"} 0',
          'vigia_ledger_unaccounted 0',
          'vigia_ledger_oldest_pending_seconds 0',
          `vigia_source_last_seen_seconds{source="s",tenant="default"} ${171 * 60}`,
          'vigia_source_silent{source="s",tenant="default"} 1',
        ]),
      )
    } finally {
      await exporter.close()
    }
  })

  it('tells the age of the oldest part that waits', async () => {
    const chain = await embeddedChain()
    await chain.send(alert(1))
    const following = followLedger(chain, { remembers: 'open' })
    await following.round()
    const metrics = ledgerMetrics()
    metrics.set(following.account.ledger(), [], start + 90_000)
    expect((await metrics.text()).split('\n')).toContain('vigia_ledger_oldest_pending_seconds 90')
  })
})

it('a long read says how far it has come, a short one says nothing', () => {
  let now = 0
  const said: string[] = []
  const told = progress(
    text => said.push(text),
    () => now,
    1000,
  )
  for (const read of [10, 20, 30, 40]) {
    told(read, 100)
    now += 600
  }
  expect(said).toEqual(['read 30 of at most 100 records'])
})
