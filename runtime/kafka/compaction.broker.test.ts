import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Log, OutRecord } from '../log.ts'
import { interpose } from './interpose.ts'
import { kafkaLog } from './kafka-log.ts'

const options = () => ({ brokers: inject('brokers').split(','), clientId: 'compaction' })
const GONE = 250
/** So large that the cleaner does not put the parts of the log together again: they are then fetched one by one. */
const LARGE = 400_000
/** A reader that crawls from one missing offset to the next asks far more often. */
const FEW = 60

describe('D9: a log from which compaction has taken the end of a batch', () => {
  const topic = `compaction.${randomUUID().slice(0, 8)}`
  const record = (key: string, value: string, bytes: number): OutRecord => ({
    ...{ topic, partition: 0, key: Buffer.from(key), value: Buffer.from(`${value} `.padEnd(bytes, '.')) },
  })
  const word = ({ value }: { readonly value: Buffer | null }) => String(value).split(' ')[0] ?? ''
  let log: Log
  let undo = () => {}
  let fetches = 0

  /** What a reader gets, which gives up after too many requests. */
  async function read(): Promise<string[]> {
    const stop = new AbortController()
    const values: string[] = []
    fetches = 0
    undo = interpose('fetch', (_, send) => {
      fetches++
      if (fetches > FEW) stop.abort()
      return send()
    })
    try {
      for await (const batch of log.read(topic, { from: 'beginning', until: 'end', signal: stop.signal })) {
        values.push(...batch.map(word))
      }
    } finally {
      undo()
    }
    return values
  }

  beforeAll(async () => {
    log = kafkaLog(options())
    const config = {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'segment.bytes': '1048576',
      'min.cleanable.dirty.ratio': '0.001',
      'delete.retention.ms': '0',
    }
    await log.createTopics([{ name: topic, partitions: 1, config }])
    // One batch of 800 kB, of which one record stays.
    const gone = Array.from({ length: GONE }, () => record('k', 'gone', (2 * LARGE) / GONE))
    await log.append([record('kept', 'kept', 10), ...gone])
    // The later record of the same key, and one more that makes the broker begin a new segment: the last is never compacted.
    for (const value of ['later', 'last']) {
      await sleep(200)
      await log.append([record('k', value, LARGE)])
    }
    // The cleaner looks every 15 s. A reader that does not come to the end finds less too: that is for the tests to say.
    while ((await read()).includes('gone')) await sleep(500)
  }, 120_000)
  afterAll(async () => {
    undo()
    await log.close()
  })

  /** Whether `later` is compacted away too depends on when the cleaner came. */
  const whole = /^kept( later)? last$/

  it('is read to its end, without asking for each missing offset', async () => {
    expect((await read()).join(' ')).toMatch(whole)
    expect(fetches).toBeLessThan(FEW)
  })

  it('is delivered to a task to its end, likewise', async () => {
    const done = Promise.withResolvers<void>()
    const values: string[] = []
    fetches = 0
    undo = interpose('fetch', (_, send) => {
      fetches++
      if (fetches > FEW) done.resolve()
      return send()
    })
    const membership = await log.join(
      { group: `${topic}.group`, inputs: [topic] },
      {
        open: async () => {},
        close: async () => {},
        async batch(_, records) {
          values.push(...records.map(word))
          if (values.includes('last')) done.resolve()
        },
      },
    )
    await done.promise
    undo()
    await membership.drain()
    expect(values.join(' ')).toMatch(whole)
    expect(fetches).toBeLessThan(FEW)
  })
})
