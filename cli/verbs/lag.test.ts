import { describe, expect, it } from 'vitest'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { embeddedChain } from '../../test/chain/embedded-chain.ts'
import { lagsOf } from './lag.ts'

const start = Date.parse('2026-11-20T10:00:00Z')

describe('the lag of a stage', () => {
  it('is all that is there where nothing was ever committed, and none once it was', async () => {
    const chain = await embeddedChain()
    const service = ingest(ingestRulesOf())
    const lags = () => lagsOf(chain.log, chain.prefix, [service])
    const place = { stage: 'ingest.normalise', input: 'alerts.raw' }
    expect(await lags()).toEqual([{ ...place, lag: 0, oldestAt: null }])

    chain.at(start + 5000)
    await chain.send({ title: 'one' })
    chain.at(start + 9000)
    await chain.send({ title: 'two' }, { title: 'three' })
    expect(await lags()).toEqual([{ ...place, lag: 3, oldestAt: start + 5000 }])

    const running = await chain.start(service)
    await chain.settled()
    expect(await lags()).toEqual([{ ...place, lag: 0, oldestAt: null }])
    await running.drain()

    chain.at(start + 12_000)
    await chain.send({ title: 'four' })
    expect(await lags()).toEqual([{ ...place, lag: 1, oldestAt: start + 12_000 }])
  })
})
