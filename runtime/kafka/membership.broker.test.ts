import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import type { Log, LogRecord, OutRecord, Task, TaskHandler } from '../log.ts'
import { kafkaClient } from './client.ts'
import type { KafkaEvent } from './events.ts'
import { kafkaLog } from './kafka-log.ts'
import { settingsFrom } from './options.ts'
import { fencePredecessor } from './takeover.ts'

const text = ({ value }: { readonly value: Buffer | null }) => String(value)
const record = (topic: string, value: string, partition = 0): OutRecord => ({
  topic,
  partition,
  key: Buffer.from(value),
  value: Buffer.from(value),
})

/** Something that happens once, waited for without a clock. */
function signal(): { readonly happened: Promise<void>; happen(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { happened: promise, happen: () => resolve() }
}

const quiet: Pick<TaskHandler, 'open' | 'close'> = { open: async () => {}, close: async () => {} }

describe('a membership on a real broker', () => {
  let logs: Log[] = []
  let name: (suffix: string) => string
  const events: KafkaEvent[] = []
  const brokers = () => inject('brokers').split(',')
  const newLog = (clientId: string): Log => {
    const onEvent = (event: KafkaEvent) => void events.push(event)
    const log = kafkaLog({ brokers: brokers(), clientId, sessionTimeoutMs: 6_000, heartbeatIntervalMs: 300, onEvent })
    logs.push(log)
    return log
  }
  const readAll = async (log: Log, topic: string): Promise<LogRecord[]> => {
    const records: LogRecord[] = []
    for await (const batch of log.read(topic, { from: 'beginning', until: 'end' })) records.push(...batch)
    return records
  }
  beforeEach(() => {
    const test = randomUUID().slice(0, 8)
    name = suffix => `membership.${test}.${suffix}`
    events.length = 0
    logs = []
  })
  afterEach(async () => {
    await Promise.all(logs.map(log => log.close()))
  })

  it('fences a zombie with two inputs: what it had in hand is refused, and written once by its successor', async () => {
    const [a, b] = [newLog('a'), newLog('b')]
    const [left, right, output] = [name('left'), name('right'), name('out')]
    await a.createTopics([left, right, output].map(topic => ({ name: topic, partitions: 1, config: {} })))
    const spec = { group: name('group'), inputs: [left, right] }
    const [inHand, taken, refused] = [signal(), signal(), signal()]
    let code = ''
    const copy = (task: Task, records: readonly LogRecord[]) =>
      task.transact({
        records: records.map(one => record(output, text(one))),
        offsets: [{ topic: records[0]?.topic ?? '', offset: (records.at(-1)?.offset ?? 0) + 1, metadata: '' }],
      })
    // The zombie holds a batch, sends no heartbeat, and wakes up only when another owner has opened the task.
    await a.join(spec, {
      ...quiet,
      async batch(task, records) {
        if (text(records[0] ?? { value: null }).endsWith('1')) return copy(task, records)
        inHand.happen()
        await taken.happened
        await copy(task, records).catch(error => {
          code = isVigiaError(error) ? error.code : String(error)
        })
        refused.happen()
      },
    })
    await a.append([record(left, 'left 1'), record(right, 'right 1')])
    while ((await readAll(a, output)).length < 2) await new Promise(resolve => setImmediate(resolve))
    await a.append([record(left, 'left 2'), record(right, 'right 2')])
    await inHand.happened
    await b.join(spec, {
      ...quiet,
      async open() {
        taken.happen()
        // Nothing is read before the zombie has tried.
        await refused.happened
      },
      batch: copy,
    })
    await refused.happened
    // Whoever owns the task now, since the zombie comes back to the group.
    while ((await readAll(b, output)).length < 4) await new Promise(resolve => setImmediate(resolve))
    expect(code).toBe('VIG_FENCED')
    expect((await readAll(b, output)).map(text).sort()).toEqual(['left 1', 'left 2', 'right 1', 'right 2'])
    expect(events.some(event => event.type === 'transaction' && event.outcome === 'fenced')).toBe(true)
  })

  it('takes a task over again when it was fenced but the group still counts on it', async () => {
    const log = newLog('a')
    const [input, output] = [name('in'), name('out')]
    await log.createTopics([input, output].map(topic => ({ name: topic, partitions: 1, config: {} })))
    const group = name('group')
    const calls: string[] = []
    const copied = signal()
    await log.append([record(input, 'x')])
    await log.join(
      { group, inputs: [input] },
      {
        async open() {
          calls.push('open')
        },
        async batch(task, records) {
          calls.push('batch')
          if (calls.length === 2) {
            // An intruder with the same transactional id, outside of the group.
            const intruder = kafkaClient(settingsFrom({ brokers: brokers(), clientId: 'intruder' }), 'transactions')
            await (await fencePredecessor(intruder, group, 0, 15_000)).disconnect()
          }
          await task.transact({
            records: records.map(one => record(output, text(one))),
            offsets: [{ topic: input, offset: 1, metadata: '' }],
          })
          copied.happen()
        },
        async close(_, reason) {
          calls.push(`close ${reason}`)
        },
      },
    )
    await copied.happened
    expect(calls).toEqual(['open', 'batch', 'close fenced', 'open', 'batch'])
    expect((await readAll(log, output)).map(text)).toEqual(['x'])
  })

  it('gives a task less than 900 kB at a time, however much a fetch has brought', async () => {
    const log = newLog('a')
    const input = name('in')
    await log.createTopics([{ name: input, partitions: 1, config: {} }])
    // Eight batches that one fetch of 1 MiB takes.
    for (let count = 0; count < 8; count++) {
      await log.append([{ ...record(input, String(count)), value: Buffer.alloc(130_000, 'x') }])
    }
    const sizes: number[] = []
    const all = signal()
    await log.join(
      { group: name('group'), inputs: [input] },
      {
        ...quiet,
        async batch(_, records) {
          sizes.push(records.reduce((sum, one) => sum + (one.value?.length ?? 0), 0))
          if (sizes.reduce((sum, size) => sum + size, 0) === 8 * 130_000) all.happen()
        },
      },
    )
    await all.happened
    expect(Math.max(...sizes)).toBeLessThanOrEqual(900_000)
  })

  it('cuts a large fetch into parts of less than 900 kB, and writes more than a batch takes in one transaction', async () => {
    const log = newLog('a')
    const [input, output] = [name('in'), name('out')]
    await log.createTopics([input, output].map(topic => ({ name: topic, partitions: 1, config: {} })))
    const value = Buffer.alloc(100_000, 'x')
    const many = Array.from({ length: 30 }, (_, index) => ({ ...record(input, String(index)), value }))
    const places = await log.append(many)
    expect(places.map(({ offset }) => offset)).toEqual(many.map((_, index) => index))
    const sizes: number[] = []
    const held: LogRecord[] = []
    const written = signal()
    await log.join(
      { group: name('group'), inputs: [input] },
      {
        ...quiet,
        async batch(task, records) {
          sizes.push(records.reduce((sum, one) => sum + (one.value?.length ?? 0), 0))
          held.push(...records)
          if (held.length < many.length) return
          await task.transact({
            records: held.map(one => ({ topic: output, partition: 0, key: one.key, value: one.value })),
            offsets: [{ topic: input, offset: many.length, metadata: '' }],
          })
          written.happen()
        },
      },
    )
    await written.happened
    expect(Math.max(...sizes)).toBeLessThanOrEqual(900_000)
    expect((await readAll(log, output)).map(one => String(one.key))).toEqual(many.map(one => String(one.key)))
  })

  it('answers each of many appends at once with its own place', async () => {
    const log = newLog('a')
    const topic = name('in')
    await log.createTopics([{ name: topic, partitions: 2, config: {} }])
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => ({
        value: String(index),
        places: await log.append([record(topic, String(index), index % 2)]),
      })),
    )
    const found = new Map((await readAll(log, topic)).map(one => [`${one.partition}/${one.offset}`, text(one)]))
    expect(found.size).toBe(60)
    for (const { value, places } of answers) {
      const [place] = places
      expect(found.get(`${place?.partition}/${place?.offset}`)).toBe(value)
    }
  })

  it('says that a topic is missing, and that a log which is closed is not there', async () => {
    const log = newLog('a')
    const code = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        error => (isVigiaError(error) ? error.code : error),
      )
    expect(
      await code(log.join({ group: name('group'), inputs: [name('absent')] }, { ...quiet, batch: async () => {} })),
    ).toBe('VIG_TOPIC_MISFIT')
    expect(await code(readAll(log, name('absent')))).toBe('VIG_TOPIC_MISFIT')
    await log.close()
    expect(await code(log.append([record(name('in'), 'x')]))).toBe('VIG_LOG_UNAVAILABLE')
  })
})
