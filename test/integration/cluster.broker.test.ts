import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import type { Log } from '../../runtime/log.ts'

const topic = 'cluster.survives'
const partitions = [0, 1, 2]

/** One record for each partition, so that one of them goes to each node. */
const write = (log: Log, text: string) =>
  log.append(partitions.map(partition => ({ topic, partition, key: null, value: Buffer.from(`${text}-${partition}`) })))

async function readAll(log: Log): Promise<string[]> {
  const values: string[] = []
  for await (const batch of log.read(topic, { from: 'beginning', until: 'end' }))
    values.push(...batch.map(({ value }) => String(value)))
  return values.toSorted()
}

const everywhere = (...texts: string[]) =>
  texts.flatMap(text => partitions.map(partition => `${text}-${partition}`)).toSorted()

describe('three nodes', { timeout: 180_000 }, () => {
  let stack: LocalStack
  let log: Log
  beforeAll(async () => {
    stack = await startLocalStack({ nodes: 3, registry: false })
    log = kafkaLog({ brokers: stack.brokers.split(','), clientId: 'cluster' })
  }, 180_000)
  afterAll(async () => {
    await log?.close()
    await stack?.stop()
  })

  it('lose nothing, and take writes, while one of them is gone; it then comes back and the next may go', async () => {
    await log.createTopics([{ name: topic, partitions: partitions.length, replicas: 3, config: {} }])
    await write(log, 'all')

    await stack.kill(2)
    await write(log, 'without-2')
    expect(await readAll(log)).toEqual(everywhere('all', 'without-2'))

    await stack.start(2)
    await stack.kill(1)
    await write(log, 'without-1')
    await stack.start(1)
    expect(await readAll(log)).toEqual(everywhere('all', 'without-2', 'without-1'))
  })
})
