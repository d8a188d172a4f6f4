import { afterEach, describe, expect, it } from 'vitest'
import { writeFakeFeed } from '../../adapters/misp/fake-feed.ts'
import { mispFeed } from '../../adapters/misp/feed.ts'
import type { RunningService } from '../../runtime/engine/running-service.ts'
import { topics } from '../../schemas/catalogue.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { mispSync } from '../../services/misp-sync/topology.ts'
import { type Folder, folderWith } from '../integration/folder.ts'
import { until } from '../integration/until.ts'
import { embeddedChain } from './embedded-chain.ts'

const ip = '203.0.113.7'
const began = Date.parse('2026-11-20T10:00:00Z')
const hour = 60 * 60 * 1000
const event = {
  ...{ uuid: '00000000-0000-4000-8000-000000000001', info: 'a campaign', orgc: 'a test', published: true },
  ...{ timestamp: began / 1000, publishTimestamp: began / 1000 },
  attributes: [
    { uuid: '00000000-0000-4000-9000-000000000001', type: 'ip-src', value: ip, timestamp: began / 1000, to_ids: true },
  ],
}

describe('indicator-after-alert-raises-case', () => {
  let folder: Folder | undefined
  let services: RunningService[] = []
  afterEach(async () => {
    await Promise.all(services.map(each => each.drain()))
    await folder?.remove()
  })

  it('a feed that names an address hours after its alert makes the case malicious, and says how much later', async () => {
    const files = await folderWith(() => ({}))
    folder = files
    await writeFakeFeed(files.path, [])
    const chain = await embeddedChain()
    services = [
      await chain.start(ingest(ingestRulesOf())),
      await chain.start(caseBuilder()),
      await chain.start(mispSync([{ source: mispFeed({ name: 'feed', location: files.path }), scope: 'shared' }], 20)),
    ]
    chain.at(began)
    await chain.send({
      ...{ type: 'siem', source: 'probe', sourceRef: 'r-1', title: 'an alert', description: 'd', severity: 2, tlp: 1 },
      artifacts: [{ dataType: 'ip', data: ip, tags: ['src'] }],
    })
    await chain.settled()
    const lastCase = async () => (await chain.all(topics.cases)).at(-1)?.case.summary
    expect(await lastCase()).toMatchObject({ verdict: 'unknown', score: 0, findings: [] })

    chain.at(began + 3 * hour)
    await writeFakeFeed(files.path, [event])
    const raised = await until('malicious case', async () => {
      const summary = await lastCase()
      return summary?.verdict === 'malicious' ? summary : undefined
    })
    expect(raised).toMatchObject({ score: 2, alerts: 1, findings: [{ value: ip, verdict: 'malicious', retro: true }] })
    const events = await chain.all(topics.caseEvents)
    expect(events.map(each => each.kind)).toEqual([
      'case-opened',
      'alert-linked',
      'indicator-matched',
      'verdict-changed',
    ])
    expect(events.find(each => each.kind === 'indicator-matched')).toMatchObject({
      indicatorMatched: { value: ip, eventInfo: 'a campaign', retro: true },
    })
    // Each poll counts its time on by a millisecond where the clock stands still.
    const after = events.flatMap(each => (each.kind === 'indicator-matched' ? [each.indicatorMatched.afterMs] : []))
    expect(after.map(ms => Math.round(ms / 60_000))).toEqual([180])
  })
})
