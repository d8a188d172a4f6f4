import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../../infra/local/port.ts'
import { type LocalStack, startLocalStack } from '../../../infra/local/stack.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import type { Log } from '../../../runtime/log.ts'
import { copy, Journal, noted, out, range, textOf } from '../../contract/journal.ts'
import { logAppendTime, readAll } from '../../contract/under-test.ts'
import { apiKeys, type BrokerProxy, startProxy } from './proxy.ts'

/** A broker of its own, since clients come through the proxy only where the broker advertises it. */
let stack: LocalStack
let proxy: BrokerProxy
/** Through the proxy, and around it. */
let through: Log
let around: Log

beforeAll(async () => {
  const [listen = 0] = await freePorts(1)
  stack = await startLocalStack({
    registry: false,
    listeners: [{ name: 'PROXIED', protocol: 'PLAINTEXT', advertisedPort: () => listen }],
  })
  proxy = await startProxy({ listen, target: { host: '127.0.0.1', port: stack.port(1, 'PROXIED') } })
  const times = { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 300 }
  through = kafkaLog({ brokers: stack.listener('PROXIED').split(','), clientId: 'through', ...times })
  around = kafkaLog({ brokers: stack.brokers.split(','), clientId: 'around', ...times })
})

afterAll(async () => {
  await Promise.all([through?.close(), around?.close()])
  await proxy?.close()
  await stack?.stop()
})

describe('a response that never comes', () => {
  it.each([
    // Written before the answer was lost: the take-over finds it committed.
    ['EndTxn', apiKeys.endTxn, 3, [0, 50, 100, 150]],
    // Not committed: done again.
    ['TxnOffsetCommit', apiKeys.txnOffsetCommit, 3, [0]],
    // The client asks again under the same sequence number, which the broker knows.
    ['Produce', apiKeys.produce, 0, [0]],
  ] as const)(
    'to %s leads to no record lost and none written twice',
    {
      timeout: 120_000,
    },
    async (name, apiKey, takeOvers, found) => {
      const [input, output] = [`${name}.in`, `${name}.out`]
      const config = { ...logAppendTime }
      await around.createTopics([input, output].map(topic => ({ name: topic, partitions: 1, config })))
      const journal = new Journal()
      const lose = 3
      const lost: Promise<void>[] = []
      const membership = await through.join(
        { group: `${name}.group`, inputs: [input] },
        noted(journal, 'through', {
          async batch(task, records) {
            // Each loss hits a transaction that is about to begin.
            if (lost.length < lose) lost.push(proxy.dropResponses(apiKey, 1))
            await copy(journal, 'through', task, records, output)
          },
        }),
      )
      const values = range(0, 200).map(number => `${name} ${number}`)
      for (const some of [0, 50, 100, 150]) {
        await around.append(values.slice(some, some + 50).map(value => out(input, 0, value)))
        await expect.poll(async () => (await readAll(around, output)).length, { timeout: 60_000 }).toBe(some + 50)
      }
      await Promise.all(lost)
      expect(lost).toHaveLength(lose)
      const failed = journal.find('close').filter(({ detail }) => detail === 'failed')
      expect(failed.length).toBeGreaterThanOrEqual(takeOvers)
      expect(journal.find('open').map(({ offset }) => offset ?? 0)).toEqual(expect.arrayContaining([...found]))
      expect((await readAll(around, output)).map(textOf)).toEqual(values)
      await membership.drain()
      expect([...(await around.committed(`${name}.group`, input)).values()].map(({ offset }) => offset)).toEqual([200])
    },
  )
})
