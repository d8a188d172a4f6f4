import { describe, expect, it } from 'vitest'
import { topics } from '../../../schemas/catalogue.ts'
import { caseBuilder } from '../../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../../services/ingest/rules.ts'
import { ingest } from '../../../services/ingest/topology.ts'
import { embeddedChain } from '../../chain/embedded-chain.ts'
import { checkHistory } from './check-history.ts'
import { readHistory } from './read-history.ts'

const alert = (n: number) => ({
  ...{ type: 'siem', source: 'probe', sourceRef: `r-${n}`, title: `alert ${n}`, description: 'd', severity: 3, tlp: 1 },
  artifacts: [{ dataType: 'ip', data: '203.0.113.7', tags: ['src'] }],
})

describe('what a chain leaves behind', () => {
  it('is read as a history in which every promise holds, poison and tombstones included', async () => {
    const chain = await embeddedChain()
    await chain.start(ingest(ingestRulesOf()))
    await chain.start(caseBuilder())
    const poison = Buffer.from([0xff, 0xfe])
    await chain.send(alert(1), alert(2), alert(1), '{not json', [alert(3), 7], poison)
    await chain.put(topics.alerts, 'default#x', poison)
    await chain.put(topics.indicators, 'ip|203.0.113.7|shared|s|u', null)
    await chain.settled()
    // The chain spreads over its partitions, from 1 on: the fifth record, of two parts, lies second in partition 2.
    const sent = [{ partition: 2, offset: 1, parts: 2 }]
    const { log, codec, prefix } = chain
    const history = await readHistory({ log, codec, prefix, sent, stages: ['case-builder.fold'], partitions: 3 })
    expect(history.others.map(each => each.topic)).toEqual(['alerts', 'indicators'])
    const results = checkHistory(history)
    expect(results.flatMap(each => each.findings)).toEqual([])
    expect(results[0]?.figures).toMatchObject({ raw: 6, parts: 7, linked: 3, duplicate: 1, suppressed: 0, rejected: 3 })
  })
})
