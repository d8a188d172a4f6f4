import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import type { Log, OutRecord, TaskHandler } from '../log.ts'
import { kafkaLog } from './kafka-log.ts'
import { settingsFrom } from './options.ts'
import { readMark } from './state-mark.ts'
import { kafkaTopics } from './topics.ts'
import { trimLog } from './trim.ts'

const record = (topic: string, value: string): OutRecord => ({
  ...{ topic, partition: 0, key: Buffer.from(value), value: Buffer.from(value) },
})

/** What only a log that deletes can show, beside `test/contract/loss.contract.ts`. */
describe('a take-over on a real broker', () => {
  const options = () => ({
    ...{ brokers: inject('brokers').split(','), clientId: 'losses' },
    ...{ sessionTimeoutMs: 6_000, heartbeatIntervalMs: 300 },
  })
  let log: Log
  afterEach(() => log.close())

  const losses: readonly [string, 'in' | 'state', string][] = [
    ['retention has passed the offset', 'in', 'VIG_OFFSET_OUT_OF_RANGE'],
    ['retention has passed the beginning of the state', 'state', 'VIG_STATE_LOST'],
  ]
  it.each(losses)('stops before the task is opened where %s', async (_, lost, code) => {
    log = kafkaLog(options())
    const test = `losses.${randomUUID().slice(0, 8)}`
    const [input, state] = [`${test}.in`, `${test}.state`]
    await log.createTopics([input, state].map(name => ({ name, partitions: 1, config: {} })))
    const spec = { group: `${test}.group`, inputs: [input], state }
    const committed = Promise.withResolvers<void>()
    const opened: string[] = []
    const handler = (who: string): TaskHandler => ({
      open: async () => void opened.push(who),
      close: async () => {},
      async batch(task, records) {
        const writes = records.map(one => record(state, String(one.value)))
        const offsets = [{ topic: input, offset: (records.at(-1)?.offset ?? 0) + 1, metadata: '' }]
        await task.transact({ records: writes, offsets })
        committed.resolve()
      },
    })
    await log.append([record(input, '0')])
    const first = await log.join(spec, handler('first'))
    await committed.promise
    await first.drain()
    await log.append(['1', '2', '3'].map(value => record(input, value)))
    await trimLog(options(), lost === 'in' ? input : state, 0, lost === 'in' ? 3 : 1)
    const second = await log.join(spec, handler('second'))
    const end = await second.done.then(
      () => 'done',
      error => (isVigiaError(error) ? error.code : error),
    )
    expect([end, opened]).toEqual([code, ['first']])
  })

  it('finds how far the state reached, also of a stage without inputs: with an offset of the state itself', async () => {
    log = kafkaLog(options())
    const test = `losses.${randomUUID().slice(0, 8)}`
    const [group, state] = [`${test}.group`, `${test}.state`]
    await log.createTopics([{ name: state, partitions: 1, config: {} }])
    const written = Promise.withResolvers<void>()
    await log.join(
      { group, inputs: [], elect: state, state },
      {
        async open(task) {
          for (const page of ['1', '2']) await task.transact({ records: [record(state, page)], offsets: [] })
          written.resolve()
        },
        batch: async () => {},
        close: async () => {},
      },
    )
    await written.promise
    const topics = kafkaTopics(settingsFrom(options()))
    const held = await topics.committedForGood(group, state, 0)
    const [bounds] = await topics.bounds(state)
    await topics.close()
    // Behind the last record there is a marker.
    expect([readMark(held?.metadata ?? '').reached, bounds?.end]).toEqual([3, 4])
  })
})
