import { describe, expect, it } from 'vitest'
import { allTopics, states, topics } from '../../schemas/catalogue.ts'
import type { AlertRecord, FoldState } from '../../schemas/generated/types.ts'
import { embeddedChain } from '../../test/chain/embedded-chain.ts'
import { deciding, nothing } from '../decision.ts'
import { service, stage } from '../stage.ts'

/** A stage that counts what it is given per domain, and says the count: enough to see a loss or a repeat. */
function counter(poison: (text: string) => boolean = () => false) {
  return service('ingest', {
    normalise: stage({
      reads: { raw: topics.alertsRaw },
      writes: [topics.alerts, topics.dlq],
      on: {
        raw: (_state, raw) => {
          const text = raw.value?.toString() ?? ''
          if (poison(text)) throw new Error(`cannot decide on ${text.slice(0, 20)}`)
          const rejection = { part: 0, parts: 1, source: 'test', code: text, reason: raw.rawId }
          return {
            writes: [
              { topic: topics.alerts, key: `default#${raw.rawId}`, draft: { kind: 'rejection', rejection } as never },
            ],
            remembers: [],
          }
        },
      },
    }),
  })
}

function folder() {
  return service('case-builder', {
    fold: stage({
      reads: { alert: topics.alerts, command: topics.commands },
      remembers: states.caseBuilderFold,
      writes: [topics.caseEvents],
      on: {
        alert: (state, event: AlertRecord) => {
          const d = deciding<FoldState>(state)
          const seq = (d.get('domain', event.domain)?.seq ?? 0) + 1
          d.put('domain', event.domain, { seq, cases: 0 })
          d.emit(topics.caseEvents, `${event.domain}#`, {
            kind: 'noted',
            noted: { input: 'alert', reason: '' },
            caseId: null,
            case: null,
            seq,
          })
          return d.decision()
        },
        command: () => nothing,
      },
    }),
  })
}

const numbers = Array.from({ length: 300 }, (_, i) => `n${i}`)

describe('the engine on the memory twin', () => {
  it.each([1, 2, 3, 4, 5])(
    'gives every input its effect exactly once, with seed %i, kills and failed commits',
    async seed => {
      const chain = await embeddedChain({ seed })
      await chain.start(counter(), 'ingest-a')
      await chain.start(folder(), 'fold-a')
      await chain.send(...numbers.slice(0, 100))
      chain.cluster.failNextCommit('t.case-builder.fold', 0)
      chain.cluster.failNextCommit('t.ingest.normalise', seed % 3)
      await chain.start(counter(), 'ingest-b')
      await chain.send(...numbers.slice(100, 200))
      await chain.start(folder(), 'fold-b')
      chain.cluster.kill('ingest-a')
      chain.cluster.kill('fold-a')
      await chain.send(...numbers.slice(200))
      await chain.settled()

      const written = (await chain.all(topics.alerts)).map(each =>
        each.kind === 'rejection' ? each.rejection.code : '',
      )
      expect(written.toSorted()).toEqual(numbers.toSorted())
      const events = await chain.all(topics.caseEvents)
      expect(new Set(events.map(each => each.id)).size).toBe(300)
      expect(events.map(each => each.seq)).toEqual(numbers.map((_, i) => i + 1))
    },
  )

  it('sends a record that cannot be decided on to the dead letters, with its bytes and origin, and goes on', async () => {
    const chain = await embeddedChain()
    await chain.start(counter(text => text === 'poison'))
    await chain.send('a', 'poison', 'b', 'c', 'd')
    await chain.settled()
    expect(await chain.all(topics.alerts)).toHaveLength(4)
    const dead = await chain.all(topics.dlq)
    expect(dead).toHaveLength(1)
    expect(dead[0]).toMatchObject({
      deadLetter: { code: 'VIG_DECISION_FAILED', topic: 'alerts.raw', offset: 0, reason: 'cannot decide on poison' },
    })
    expect(dead[0]?.deadLetter.value?.toString()).toBe('poison')
  })

  it.each([
    ['a truncated Avro frame', 'VIG_VALUE_UNREADABLE', (good: Buffer) => good.subarray(0, good.length - 9)],
    [
      'an unknown schema id',
      'VIG_SCHEMA_UNKNOWN',
      (good: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, 99, 1]), good.subarray(5)]),
    ],
    ['bytes that are no frame', 'VIG_VALUE_UNREADABLE', () => Buffer.from('hello')],
  ])('dead-letters %s as %s', async (_what, code, spoil) => {
    const chain = await embeddedChain()
    await chain.start(counter())
    await chain.send('good')
    await chain.settled()
    const good = await firstValue(chain)
    await chain.start(folder())
    await chain.put(topics.alerts, 'default#x', spoil(good))
    await chain.settled()
    const dead = await chain.all(topics.dlq)
    expect(dead.map(each => each.deadLetter.code)).toEqual([code])
    expect(await chain.all(topics.caseEvents)).toHaveLength(1)
  })

  it('dead-letters a record in the wrong partition', async () => {
    const chain = await embeddedChain()
    await chain.start(counter())
    await chain.send('good')
    await chain.settled()
    const good = await firstValue(chain)
    await chain.start(folder())
    for (const partition of [0, 1, 2]) await chain.put(topics.alerts, 'default#x', good, partition)
    await chain.settled()
    const dead = await chain.all(topics.dlq)
    expect(dead.map(each => each.deadLetter.code)).toEqual(['VIG_WRONG_PARTITION', 'VIG_WRONG_PARTITION'])
  })

  it.each([
    ['keeps the bytes of a large record with a long key', 1_600_000, 2_200_000, 2_200_006],
    ['leaves out bytes that the dead letters do not take, and says where they lie', 10, 6_000_000, undefined],
  ])('%s, and its partition goes on', async (_what, keyLength, valueLength, kept) => {
    const larger = allTopics.map(topic => (topic.schema ? topic : { ...topic, maxMessageBytes: 8_000_000 }))
    const chain = await embeddedChain({ partitions: 1, topics: larger })
    await chain.start(counter(text => text.startsWith('poison')))
    const value = Buffer.concat([Buffer.from('poison'), Buffer.alloc(valueLength, 'v')])
    await chain.log.append([{ topic: 't.alerts.raw', partition: 0, key: Buffer.alloc(keyLength, 'k'), value }])
    await chain.send('behind it')
    await chain.settled()
    expect(await chain.all(topics.alerts)).toHaveLength(1)
    const [dead] = await chain.all(topics.dlq)
    expect(dead?.deadLetter.code).toBe('VIG_DECISION_FAILED')
    expect(dead?.deadLetter.value?.length).toBe(kept)
    if (kept === undefined)
      expect(dead?.deadLetter.reason).toMatch(/6000006 bytes of value are left out: see alerts.raw\/0\/0/)
  })

  it('refuses to start when topics are missing or unequal, naming each', async () => {
    const chain = await embeddedChain({ topics: [topics.alertsRaw, topics.alerts] })
    await expect(chain.start(counter())).rejects.toMatchObject({
      code: 'VIG_TOPIC_MISFIT',
      message: 'missing: t.dlq, t.rulesets',
    })
  })
})

async function firstValue(chain: Awaited<ReturnType<typeof embeddedChain>>): Promise<Buffer> {
  for await (const records of chain.log.read('t.alerts', { from: 'beginning', until: 'end' })) {
    const value = records[0]?.value
    if (value) return value
  }
  throw new Error('nothing was written')
}
