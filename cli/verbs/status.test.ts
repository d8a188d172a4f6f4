import { describe, expect, it } from 'vitest'
import { topics } from '../../schemas/catalogue.ts'
import type { AlertRecord } from '../../schemas/generated/types.ts'
import { mirror } from '../../services/mirror/topology.ts'
import { embeddedChain } from '../../test/chain/embedded-chain.ts'
import { someAlert, someRejection, suppressed } from '../explain/some-events.ts'
import { sourcesOf, stagesOf } from './status.ts'

const start = Date.parse('2026-11-20T10:00:00Z')
const minute = 60_000

describe('what the status says of the mirror', () => {
  it('is nothing where it has never run, and how far it is behind where it has', async () => {
    const chain = await embeddedChain()
    const ofMirror = async () => (await stagesOf(chain)).filter(({ stage }) => stage === 'mirror.ecs')
    const put = () => chain.put(topics.alerts, 'acme#x', chain.codec.encode(topics.alerts, someAlert({ offset: 0 })))
    await put()
    expect(await ofMirror()).toEqual([])
    expect((await stagesOf(chain)).map(({ stage }) => stage)).toContain('case-builder.fold')

    const running = await chain.start(mirror())
    await chain.settled()
    await running.drain()
    await put()
    expect(await ofMirror()).toContainEqual(expect.objectContaining({ input: 'alerts', lag: 1 }))
  })
})

describe('what the status says of a source', () => {
  it('is read from the topics: seen, refused, kept out of the cases, and silent', async () => {
    const chain = await embeddedChain()
    expect(await sourcesOf(chain, start)).toEqual([])
    const put = (record: AlertRecord) => chain.put(topics.alerts, 'acme#x', chain.codec.encode(topics.alerts, record))
    const alerts = Array.from({ length: 9 }, (_, number) => {
      return { ...someAlert({ offset: number }), at: start + number * minute }
    })
    for (const record of alerts) await put(record)
    await put({ ...someRejection({ offset: 9 }), at: start + 9 * minute })
    const outcome = suppressed(alerts[0] ?? someAlert({ offset: 0 }))
    await chain.put(topics.caseEvents, 'acme#x', chain.codec.encode(topics.caseEvents, outcome))
    expect(await sourcesOf(chain, start + 20 * minute)).toEqual([
      {
        ...{ source: 'wazuh', tenant: 'acme', alerts: 9, refused: 1, suppressed: 1, lastHour: 10 },
        ...{ lastSeenAt: start + 9 * minute, usualGapMs: minute, silent: true },
      },
    ])
  })
})
