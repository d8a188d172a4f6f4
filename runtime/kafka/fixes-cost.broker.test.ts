import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import type { Log, LogRecord, OutRecord } from '../log.ts'
import { upstream } from './fixes/upstream.ts'
import { interpose } from './interpose.ts'
import { kafkaLog } from './kafka-log.ts'

const unique = (suffix: string) => `cost.${randomUUID().slice(0, 8)}.${suffix}`

/** The fixes that make kafkajs cheap, each by what it does less often: no clock, since machines differ. */
describe('what the fixes save, on a real broker', () => {
  const lines: string[] = []
  let logs: Log[] = []
  let undo: (() => void)[] = []

  const newLog = (): Log => {
    const log = kafkaLog({
      brokers: inject('brokers').split(','),
      clientId: 'cost',
      log: (level, message, fields) => void lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
    })
    logs.push(log)
    return log
  }
  const newTopic = async (log: Log, suffix: string): Promise<string> => {
    const name = unique(suffix)
    await log.createTopics([{ name, partitions: 1, config: {} }])
    return name
  }
  const many = (topic: string, count: number): OutRecord[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ topic, partition: 0, key: Buffer.from(String(index)) },
      ...{ value: Buffer.alloc(100, String(index % 10)), headers: { source: Buffer.from('test') } },
    }))
  const readAll = async (log: Log, topic: string): Promise<LogRecord[]> => {
    const records: LogRecord[] = []
    for await (const batch of log.read(topic, { from: 'beginning', until: 'end' })) records.push(...batch)
    return records
  }
  /** Counts the calls of a method that all objects of a class of kafkajs share. */
  const calls = (path: string, method: string): (() => number) => {
    const { prototype } = upstream<{ prototype: Record<string, (...given: unknown[]) => unknown> }>(path)
    const counted = vi.spyOn(prototype, method)
    undo.push(() => counted.mockRestore())
    return () => counted.mock.calls.length
  }
  /** A group with one task that commits `count` transactions of one record and its offset, back to back. */
  const transact = async (log: Log, count: number, begun: () => void): Promise<void> => {
    const [input, output] = [await newTopic(log, 'in'), await newTopic(log, 'out')]
    await log.append(many(input, 1))
    const done = Promise.withResolvers<void>()
    await log.join(
      { group: unique('group'), inputs: [input] },
      {
        open: async () => {},
        close: async () => {},
        async batch(task) {
          const offsets = [{ topic: input, offset: 1, metadata: '' }]
          await task.transact({ records: many(output, 1), offsets })
          begun()
          for (let left = count; left > 0; left--) await task.transact({ records: many(output, 1), offsets })
          done.resolve()
        },
      },
    )
    await done.promise
  }

  afterEach(async () => {
    for (const back of undo) back()
    await Promise.all(logs.map(log => log.close()))
    logs = []
    undo = []
    lines.length = 0
  })

  it('grouping: a send goes through its records a few times, not once for each of them', async () => {
    const log = newLog()
    const topic = await newTopic(log, 'grouping')
    await log.append(many(topic, 1))
    const count = 1_000
    const shipped = Array.prototype[Symbol.iterator]
    let steps = 0
    const counting = function (this: unknown[]) {
      const inner = shipped.call(this)
      const next = () => {
        steps++
        return inner.next()
      }
      const outer = { next, [Symbol.iterator]: () => outer }
      return outer
    }
    const put = (value: unknown) =>
      Object.defineProperty(Array.prototype, Symbol.iterator, { value, configurable: true, writable: true })
    const records = many(topic, count)
    put(counting)
    try {
      await log.append(records)
    } finally {
      put(shipped)
    }
    expect(steps).toBeLessThan(50 * count)
    expect(await readAll(log, topic)).toHaveLength(count + 1)
  })

  it('D2: a connection looks at its queue when an answer comes, and sleeps while it waits', async () => {
    const log = newLog()
    const topic = await newTopic(log, 'idle')
    await log.append(many(topic, 1))
    const stop = new AbortController()
    let fetches = 0
    undo.push(
      interpose('fetch', (_, send) => {
        fetches++
        if (fetches > 4) stop.abort()
        return send()
      }),
    )
    const answers = calls('network/requestQueue/index.js', 'fulfillRequest')
    const looks = calls('network/requestQueue/index.js', 'checkPendingRequests')
    for await (const _ of log.read(topic, { from: 'latest', signal: stop.signal }));
    expect(fetches).toBeGreaterThan(4)
    expect(looks()).toBeLessThanOrEqual(2 * answers())
  })

  it('coordinator cache: transactions do not ask again who coordinates them', async () => {
    let lookups = 0
    undo.push(
      interpose('findGroupCoordinator', (_, send) => {
        lookups++
        return send()
      }),
    )
    await transact(newLog(), 20, () => {
      lookups = 0
    })
    expect(lookups).toBeLessThan(20)
  })

  it('D8: a send of many records takes few buffers, and they come back as they were', async () => {
    const log = newLog()
    const topic = await newTopic(log, 'encoder')
    await log.append(many(topic, 1))
    const records = many(topic, 500)
    const zeroed = vi.spyOn(Buffer, 'alloc')
    undo.push(() => zeroed.mockRestore())
    await log.append(records)
    expect(zeroed.mock.calls.length).toBeLessThan(records.length / 2)
    zeroed.mockRestore()
    const read = (await readAll(log, topic)).slice(1)
    expect(read.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }))).toEqual(
      records.map(({ key, value, headers }) => ({ key, value, headers })),
    )
  })

  it('D11: records are decoded without a decoder for each', async () => {
    const log = newLog()
    const topic = await newTopic(log, 'decoder')
    await log.append(many(topic, 500))
    const numbers = calls('protocol/decoder.js', 'readVarInt')
    expect(await readAll(log, topic)).toHaveLength(500)
    expect(numbers()).toBeLessThan(500)
  })

  it('log lines: what a transaction waits for is no news', async () => {
    await transact(newLog(), 50, () => {
      lines.length = 0
    })
    expect(lines.filter(line => line.includes('concurrent operation'))).toEqual([])
    expect(lines.filter(line => line.startsWith('error'))).toEqual([])
  })

  it('what is read is a copy: no value keeps the whole answer of a fetch', async () => {
    const log = newLog()
    const topic = await newTopic(log, 'copy')
    await log.append(many(topic, 500).map(record => ({ ...record, value: Buffer.alloc(1_000) })))
    const held = (await readAll(log, topic)).flatMap(({ key, value, headers }) => [key, value, headers.source])
    expect(held).toHaveLength(1_500)
    // Node cuts small buffers from blocks of `poolSize`.
    const largest = Math.max(...held.map(bytes => bytes?.buffer.byteLength ?? 0))
    expect(largest).toBeLessThanOrEqual(Buffer.poolSize)
  })
})
