import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Codec, codecFor } from '../../runtime/codec.ts'
import { silent } from '../../runtime/engine/observer.ts'
import { type RunningService, startService } from '../../runtime/engine/running-service.ts'
import { confluentRegistry } from '../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import type { Log } from '../../runtime/log.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { followLedger } from './follow.ts'
import { readLedger } from './read-ledger.ts'

/** Markers of transactions, times and offsets as real brokers have them. */

const prefix = `ledger.${randomUUID().slice(0, 8)}.`
const partitions = 2
const services: RunningService[] = []
let log: Log
let codec: Codec

beforeAll(async () => {
  log = kafkaLog({ brokers: inject('brokers').split(','), clientId: 'ledger-test' })
  await log.createTopics(topicSpecs(allTopics, { prefix, partitions }))
  const registry = confluentRegistry(inject('registry'), 'ledger-test')
  codec = await codecFor({ registry, topics: allTopics, prefix, clock: Date.now, schemas: 'register' })
  for (const service of [ingest(ingestRulesOf()), caseBuilder()])
    services.push(await startService(service, { log, codec, prefix, clock: Date.now, observer: silent }))
})

afterAll(async () => {
  await Promise.all(services.map(service => service.drain()))
  await log.close()
})

async function send(from: number, count: number): Promise<void> {
  const alerts = Array.from({ length: count }, (_, index) => {
    const artifacts = [{ dataType: 'ip', data: `198.51.100.${from + index}` }]
    return { title: 'A', description: 'd', type: 't', source: 's', sourceRef: `r${from + index}`, artifacts }
  })
  await log.append(
    alerts.map((alert, index) => ({
      ...{ topic: `${prefix}alerts.raw`, partition: index % partitions, key: null },
      value: Buffer.from(JSON.stringify(alert)),
    })),
  )
}

it('follows real topics round by round, and accounts for times and offsets', async () => {
  const following = followLedger({ log, codec, prefix }, { remembers: 'open' })
  const settled = async (raw: number) => {
    await expect
      .poll(
        async () => {
          await following.round()
          const now = following.account.ledger()
          return [now.raw, now.pending]
        },
        { timeout: 40_000, interval: 200 },
      )
      .toEqual([raw, 0])
  }
  await send(0, 10)
  await settled(10)
  const between = Date.now() + 1
  await expect.poll(() => Date.now()).toBeGreaterThan(between)
  await send(10, 6)
  await settled(16)
  expect(following.account.ledger()).toMatchObject({ linked: 16, unaccounted: 0, balanced: true })
  expect(following.account.open()).toBe(0)

  const whole = await readLedger(log, codec, prefix)
  expect(whole).toMatchObject({ raw: 16, linked: 16, balanced: true, truncated: [] })
  expect(await readLedger(log, codec, prefix, { from: between })).toMatchObject({ raw: 6, linked: 6, truncated: [] })
  expect(await readLedger(log, codec, prefix, { to: between })).toMatchObject({ raw: 10, linked: 10, balanced: true })
  const offsets = [{ partition: 1, from: 4, to: 5 }]
  expect(await readLedger(log, codec, prefix, { offsets })).toMatchObject({ raw: 2, linked: 2, balanced: true })
})
