import { describe, expect, it } from 'vitest'
import { topics } from '../../schemas/catalogue.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { type Chain, embeddedChain } from '../../test/chain/embedded-chain.ts'
import { readAll, readLedger } from './read-ledger.ts'

function alert(number: number): object {
  const artifacts = [{ dataType: 'ip', data: `198.51.100.${number}` }]
  return { title: `Alert ${number}`, description: 'd', type: 't', source: 's', sourceRef: `r${number}`, artifacts }
}

async function chainWith(...values: readonly (string | object)[]): Promise<Chain> {
  const chain = await embeddedChain()
  await chain.start(ingest(ingestRulesOf()))
  await chain.start(caseBuilder())
  await chain.send(...values)
  await chain.settled()
  return chain
}

const ledgerOf = ({ log, codec, prefix }: Chain) => readLedger(log, codec, prefix)

describe('ledger-sees-a-deleted-record', () => {
  it('balances while nothing is missing: alerts, a repeat, several parts, and what is no JSON', async () => {
    const chain = await chainWith(alert(1), alert(1), [alert(2), alert(3)], '{ no json')
    const ledger = await ledgerOf(chain)
    expect(ledger).toMatchObject({ raw: 5, linked: 3, duplicate: 1, rejected: 1, pending: 0, unaccounted: 0 })
    expect(ledger.balanced).toBe(true)
  })

  it('names the alert whose case event was erased', async () => {
    const chain = await chainWith(alert(1), alert(2), alert(3))
    const events = await readAll(chain.log, chain.codec, chain.prefix, topics.caseEvents)
    const erased = events.findLast(each => each.value.kind === 'alert-linked')
    const lost = erased?.value.kind === 'alert-linked' ? erased.value.causeId : ''
    const wasThere = chain.cluster.erase(`${chain.prefix}case-events`, erased?.partition ?? -1, erased?.offset ?? -1)
    expect(wasThere).toBe(true)
    const ledger = await ledgerOf(chain)
    expect(ledger).toMatchObject({ raw: 3, linked: 2, pending: 0, unaccounted: 1, balanced: false })
    const alerts = await chain.all(topics.alerts)
    const part = alerts.find(each => each.id === lost)?.causeId
    expect(ledger.parts.filter(each => each.outcome === 'unaccounted').map(each => each.id)).toEqual([part])
  })

  it('names the raw record whose alert was erased', async () => {
    const chain = await chainWith(alert(1), alert(2))
    const [erased] = await readAll(chain.log, chain.codec, chain.prefix, topics.alerts)
    chain.cluster.erase(`${chain.prefix}alerts`, erased?.partition ?? -1, erased?.offset ?? -1)
    const ledger = await ledgerOf(chain)
    expect(ledger.balanced).toBe(false)
    expect(ledger.parts.filter(each => each.outcome === 'unaccounted').map(each => each.id)).toEqual([
      erased?.value.causeId,
    ])
  })

  it('calls what nobody has read yet pending', async () => {
    const chain = await embeddedChain()
    await chain.start(ingest(ingestRulesOf()))
    await chain.send(alert(1), alert(2))
    await chain.settled()
    expect(await ledgerOf(chain)).toMatchObject({ raw: 2, pending: 2, unaccounted: 0, balanced: true })
  })
})
