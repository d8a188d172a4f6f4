import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { codeOf, Journal, nextOffset, noted, out } from '../../contract/journal.ts'
import { logAppendTime, readAll } from '../../contract/under-test.ts'
import { checkCount } from '../checks/count.ts'
import { readIndependently } from './read-independently.ts'

const bootstrap = inject('brokers')
const prefix = `reader.${randomUUID().slice(0, 8)}`
const log = kafkaLog({ brokers: bootstrap.split(','), clientId: 'ours', sessionTimeoutMs: 6_000 })
afterAll(() => log.close())

/** More than a broker keeps with an offset: its transaction is aborted after its records were sent. */
const oversized = 'x'.repeat(4_097)

/** Copies 40 records in transactions of which every other one is aborted first; answers the topic. */
async function topicWithAborted(): Promise<string> {
  const [input, output] = [`${prefix}.in`, `${prefix}.out`]
  await log.createTopics([input, output].map(name => ({ name, partitions: 2, config: logAppendTime })))
  const journal = new Journal()
  const turns = new Map<number, number>()
  const membership = await log.join(
    { group: `${prefix}.group`, inputs: [input] },
    noted(journal, 'a', {
      async batch(task, records) {
        const turn = turns.get(task.partition) ?? 0
        turns.set(task.partition, turn + 1)
        const isAborted = turn % 2 === 0
        const copies = records.map((record, index) => ({
          topic: output,
          // Both tasks write to both partitions, so that aborted and committed records lie among one another.
          partition: index % 2,
          key: record.key,
          value: isAborted ? Buffer.from('aborted') : record.value,
        }))
        const offsets = [{ topic: input, offset: nextOffset(records), metadata: isAborted ? oversized : '' }]
        const detail = await task.transact({ records: copies, offsets }).then(() => 'committed', codeOf)
        journal.note({ client: 'a', what: isAborted ? 'refused' : 'committed', partition: task.partition, detail })
      },
    }),
  )
  const values = Array.from({ length: 10 }, (_, n) => Buffer.from([0, n, 9, 10, 13, 92, 128 + n, 255]))
  for (let round = 1; round <= 2; round++) {
    await log.append(
      values.flatMap((value, n) => [0, 1].map(partition => ({ ...out(input, partition, `ñ\t${n}`), value }))),
    )
    await journal.when(() => journal.find('committed').filter(each => each.detail === 'committed').length >= 2 * round)
  }
  await membership.drain()
  expect(journal.find('refused').length).toBeGreaterThanOrEqual(2)
  return output
}

describe('a reader that is not ours', () => {
  it('finds the committed records that ours finds, to the byte', { timeout: 180_000 }, async () => {
    const topic = await topicWithAborted()
    await log.append([out(topic, 0, null, 'a tombstone'), out(topic, 1, '', null)])
    const theirs = await readIndependently({ bootstrap, topic })
    const ours = await readAll(log, topic)
    expect(theirs).toHaveLength(42)
    expect(checkCount([{ topic, ours, theirs }])).toMatchObject({ held: true, findings: [] })
    const written = (await log.bounds(topic)).reduce((sum, { end }) => sum + end, 0)
    // The others are aborted records and the marks of their transactions.
    expect(written).toBeGreaterThan(60)
  })

  it.each([
    ['no broker', '127.0.0.1:1'],
    ['no such topic', bootstrap],
  ])('takes %s for no empty topic', { timeout: 60_000 }, async (_, at) => {
    const reading = readIndependently({ bootstrap: at, topic: `${prefix}.absent`, quietMs: 3_000 })
    await expect(reading).rejects.toThrow('found no broker or no such topic')
  })

  it('finds an empty topic empty', { timeout: 60_000 }, async () => {
    const topic = `${prefix}.empty`
    await log.createTopics([{ name: topic, partitions: 1, config: logAppendTime }])
    expect(await readIndependently({ bootstrap, topic, quietMs: 3_000 })).toEqual([])
  })
})
