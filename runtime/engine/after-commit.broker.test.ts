import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { allTopics, states, topics } from '../../schemas/catalogue.ts'
import type { AlertRecord, FoldState } from '../../schemas/generated/types.ts'
import { type Codec, codecFor } from '../codec.ts'
import { deciding, nothing } from '../decision.ts'
import { interpose } from '../kafka/interpose.ts'
import { kafkaLog } from '../kafka/kafka-log.ts'
import type { Log } from '../log.ts'
import { memoryRegistry } from '../memory/registry.ts'
import { service, stage } from '../stage.ts'
import { topicSpecs } from '../topic-specs.ts'
import { silent } from './observer.ts'
import { startService } from './running-service.ts'

const envelope = {
  ...{ causeId: 'c', rawId: null, domain: 'default', tenant: 'default', tlp: 'AMBER', pap: 'AMBER' },
  ...{ eventTime: 0, at: 0, processTime: 0, seq: null, rulesetHash: null, attempt: 0 },
}

/** Numbers what it is given: a gap in the numbers is a change of state that was never committed. */
const numbering = service('case-builder', {
  fold: stage({
    reads: { alert: topics.alerts, command: topics.commands },
    remembers: states.caseBuilderFold,
    writes: [topics.caseEvents],
    on: {
      alert: (state, event: AlertRecord) => {
        const d = deciding<FoldState>(state)
        const seq = (d.get('domain', event.domain)?.seq ?? 0) + 1
        d.put('domain', event.domain, { seq, cases: 0 })
        const reason = event.kind === 'rejection' ? event.rejection.reason : ''
        const noted = { kind: 'noted', noted: { input: 'alert', reason } } as const
        d.emit(topics.caseEvents, `${event.domain}#`, { ...noted, caseId: null, case: null, seq })
        return d.decision()
      },
      command: () => nothing,
    },
  }),
})

describe('the state of a task on a real broker', () => {
  const prefix = `commit.${randomUUID().slice(0, 8)}.`
  let log: Log
  let undo = () => {}

  /** `take`: the largest record of case-events that the broker takes, less than the catalogue says. */
  async function setUp(name: string, take?: number): Promise<{ codec: Codec; prefix: string }> {
    const own = `${prefix}${name}.`
    log = kafkaLog({ brokers: inject('brokers').split(','), clientId: name, heartbeatIntervalMs: 300 })
    const declared = allTopics.map(topic =>
      topic.name === topics.caseEvents.name && take ? { ...topic, maxMessageBytes: take } : topic,
    )
    await log.createTopics(topicSpecs(declared, { prefix: own, partitions: 1 }))
    const registry = memoryRegistry()
    const codec = await codecFor({ registry, topics: allTopics, prefix: own, clock: Date.now, schemas: 'register' })
    return { codec, prefix: own }
  }
  const alerts = (codec: Codec, own: string, reasons: readonly string[]) =>
    log.append(
      reasons.map((reason, index) => ({
        ...{ topic: `${own}alerts`, partition: 0, key: Buffer.from('default#x') },
        value: codec.encode(topics.alerts, {
          ...{ ...envelope, id: `alert-${index}`, kind: 'rejection' },
          rejection: { part: 0, parts: 1, source: 'test', code: 'x', reason },
        }),
      })),
    )
  const read = async (codec: Codec, own: string, topic: (typeof allTopics)[number]) => {
    const found: Record<string, unknown>[] = []
    for await (const batch of log.read(own + topic.name, { from: 'beginning', until: 'end' })) {
      await codec.learn(batch.map(({ value }) => value))
      for (const { value } of batch) if (value) found.push(codec.decode(topic, value) as Record<string, unknown>)
    }
    return found
  }
  const start = (codec: Codec, own: string) =>
    startService(numbering, { log, codec, prefix: own, clock: Date.now, observer: silent })

  afterEach(async () => {
    undo()
    await log?.close()
  })

  it('changes only with a commit: what the broker refuses is decided again, and what is too large is a dead letter', async () => {
    const { codec, prefix: own } = await setUp('large', 3_000)
    await alerts(codec, own, [...Array(7).fill('small'), 'x'.repeat(5_000), ...Array(11).fill('small')])
    await start(codec, own)
    await expect.poll(async () => (await read(codec, own, topics.caseEvents)).length, { timeout: 20_000 }).toBe(18)
    const seqs = (await read(codec, own, topics.caseEvents)).map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: 18 }, (_, index) => index + 1))
    const dead = await read(codec, own, topics.dlq)
    expect(dead.map(({ deadLetter }) => (deadLetter as { code: string }).code)).toEqual(['VIG_VALUE_TOO_LARGE'])
  })

  it.each(['written', 'never sent'])('is what was committed after an EndTxn whose answer is lost: %s', async what => {
    const { codec, prefix: own } = await setUp(what === 'written' ? 'written' : 'unsent')
    await alerts(codec, own, Array(5).fill('first'))
    let lose = true
    undo = interpose('endTxn', async ({ transactionalId, transactionResult }, send) => {
      if (!lose || !transactionalId?.endsWith('.0') || transactionResult !== true) return send()
      lose = false
      if (what === 'written') await send()
      throw Object.assign(new Error('the answer was lost'), { retriable: false })
    })
    await start(codec, own)
    await expect.poll(async () => (await read(codec, own, topics.caseEvents)).length, { timeout: 20_000 }).toBe(5)
    await alerts(codec, own, Array(5).fill('second'))
    await expect.poll(async () => (await read(codec, own, topics.caseEvents)).length, { timeout: 20_000 }).toBe(10)
    const seqs = (await read(codec, own, topics.caseEvents)).map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: 10 }, (_, index) => index + 1))
    expect(lose).toBe(false)
  })
})
