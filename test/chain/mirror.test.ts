import { describe, expect, it } from 'vitest'
import { type Observer, silent } from '../../runtime/engine/observer.ts'
import { service, stage } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { EcsDocument } from '../../schemas/ecs.ts'
import type { AlertRecord } from '../../schemas/generated/types.ts'
import { alertEvent, caseEvents, matchEvent, responseEvents } from '../../services/mirror/some-events.ts'
import { mirror } from '../../services/mirror/topology.ts'
import { type Chain, embeddedChain } from './embedded-chain.ts'

/** The mirror on the memory twin: what is on `ecs` afterwards. */

function alerts(count: number, changed: Parameters<typeof alertEvent>[1] = {}): AlertRecord[] {
  return Array.from({ length: count }, (_, n) => alertEvent({}, { id: `${changed.tlp ?? 'a'}-${n}`, ...changed }))
}

async function putAll(chain: Chain, events: readonly AlertRecord[]): Promise<void> {
  for (const event of events) {
    const key = `${event.domain}#${event.id}`
    await chain.put(topics.alerts, key, chain.codec.encode(topics.alerts, padded(event)))
  }
}

/** Avro wants every body named. */
function padded(event: object): object {
  return { alert: null, rejection: null, suppression: null, ...event }
}

async function documentsOn(chain: Chain): Promise<{ readonly key: string; readonly document: EcsDocument }[]> {
  const found: { readonly key: string; readonly document: EcsDocument }[] = []
  for await (const records of chain.log.read('t.ecs', { from: 'beginning', until: 'end' }))
    for (const { key, value } of records) found.push({ key: `${key}`, document: JSON.parse(`${value}`) as EcsDocument })
  return found
}

function counting() {
  const counts = new Map<string, number>()
  const observer: Observer = {
    ...silent,
    withheld: (of, reason) => counts.set(`${of} ${reason}`, (counts.get(`${of} ${reason}`) ?? 0) + 1),
  }
  return { counts, observer }
}

describe('the mirror', () => {
  it('writes one document for each event of its four topics, under the event id', async () => {
    const chain = await embeddedChain()
    await chain.start(mirror())
    await putAll(chain, alerts(1))
    const written = [
      [topics.caseEvents, { ...caseEvents[0], id: 'case' }],
      [topics.analysisResults, { ...matchEvent, id: 'match' }],
      [topics.responses, { ...responseEvents[5], id: 'done' }],
    ] as const
    for (const [topic, event] of written) await chain.put(topic, 'acme/north#1', chain.codec.encode(topic, event))
    await chain.settled()
    const found = await documentsOn(chain)
    expect(found.map(each => each.key).toSorted()).toEqual(['a-0', 'case', 'done', 'match'])
    expect(found.filter(({ key, document }) => document.event.id !== key)).toEqual([])
    expect(await chain.all(topics.dlq)).toEqual([])
  })

  it('lets nothing above AMBER out, counts what stays, and takes it for no failure', async () => {
    const { counts, observer } = counting()
    const chain = await embeddedChain({ observer })
    await chain.start(mirror())
    await putAll(chain, [...alerts(3), ...alerts(4, { tlp: 'AMBER+STRICT' }), ...alerts(5, { tlp: 'RED' })])
    await chain.settled()
    expect((await documentsOn(chain)).map(each => each.document.vigia.tlp)).toEqual(['AMBER', 'AMBER', 'AMBER'])
    expect([...counts]).toEqual([['mirror.ecs tlp', 9]])
    expect(await chain.all(topics.dlq)).toEqual([])
  })

  it.each([1, 2, 3])('gives each event one document when instances die and commits fail, with seed %i', async seed => {
    const chain = await embeddedChain({ seed })
    const events = alerts(120).map((event, n) => ({ ...event, domain: `tenant-${n % 7}` }))
    await chain.start(mirror(), 'mirror-a')
    await putAll(chain, events.slice(0, 40))
    chain.cluster.failNextCommit('t.mirror.ecs', seed % 3)
    await chain.start(mirror(), 'mirror-b')
    await putAll(chain, events.slice(40, 80))
    chain.cluster.kill('mirror-a')
    await putAll(chain, events.slice(80))
    await chain.settled()
    expect((await documentsOn(chain)).map(each => each.key).toSorted()).toEqual(events.map(each => each.id).toSorted())
  })
})

describe('a stage that would write what its topic may not hold', () => {
  const careless = service('mirror', {
    ecs: stage({
      reads: { alert: topics.alerts },
      writes: [topics.ecs],
      on: {
        alert: (_state, event) => ({
          writes: [{ topic: topics.ecs, key: event.id, draft: { kind: 'all of it', event } as never }],
          remembers: [],
        }),
      },
    }),
  })

  it('is kept from it by the engine: the event is dead-lettered instead', async () => {
    const chain = await embeddedChain()
    await chain.start(careless)
    await putAll(chain, [...alerts(1), ...alerts(1, { tlp: 'RED' }), ...alerts(1, { tlp: 'AMBER+STRICT' })])
    await chain.settled()
    expect((await documentsOn(chain)).map(each => each.key)).toEqual(['a-0'])
    const dead = await chain.all(topics.dlq)
    expect(dead.map(each => each.deadLetter.code)).toEqual(['VIG_TLP_TOO_HIGH', 'VIG_TLP_TOO_HIGH'])
    expect(dead.map(each => each.causeId).toSorted()).toEqual(['AMBER+STRICT-0', 'RED-0'])
  })
})
