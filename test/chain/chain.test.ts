import { describe, expect, it } from 'vitest'
import { readLedger } from '../../cli/ledger/read-ledger.ts'
import { topics } from '../../schemas/catalogue.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { embeddedChain } from './embedded-chain.ts'

const alert = (n: number, ip: string) => ({
  type: 'siem',
  source: 'probe',
  sourceRef: `r-${n}`,
  title: `alert ${n}`,
  description: 'd',
  severity: 3,
  tlp: 1,
  artifacts: [{ dataType: 'ip', data: ip, tags: ['src'] }],
})

describe('ingest and case-builder, embedded', () => {
  it.each([1, 2, 3])('folds alerts into cases and accounts for every part, with seed %i', async seed => {
    const chain = await embeddedChain({ seed })
    await chain.start(ingest(ingestRulesOf()))
    await chain.start(caseBuilder())
    await chain.send(
      alert(1, '203.0.113.7'),
      alert(2, '203.0.113.7'),
      alert(3, '198.51.100.9'),
      alert(1, '203.0.113.7'),
      alert(4, '10.0.0.1'),
      alert(5, '10.0.0.1'),
      '{not json',
      [alert(6, '203.0.113.7'), 7],
    )
    await chain.settled()
    const ledger = await readLedger(chain.log, chain.codec, chain.prefix)
    expect(ledger).toMatchObject({
      raw: 9,
      linked: 6,
      duplicate: 1,
      rejected: 2,
      suppressed: 0,
      pending: 0,
      unaccounted: 0,
      balanced: true,
    })
    const cases = await chain.all(topics.cases)
    const last = new Map(cases.map(each => [each.case.summary.caseId, each.case.summary]))
    expect([...last.values()].map(each => each.alerts).toSorted()).toEqual([1, 1, 1, 3])
    const events = await chain.all(topics.caseEvents)
    expect(events.map(each => each.seq)).toEqual(events.map((_, index) => index + 1))
  })
})
