import type { Producer } from 'kafkajs'
import { VigiaError } from '../../core/errors.ts'
import type { Log, OutRecord } from '../log.ts'
import { kafkaClient, noPartitioner, retryOf } from './client.ts'
import { isTooLarge, unavailable } from './failure.ts'
import type { Settings } from './options.ts'
import { topicMessages } from './record.ts'
import { BATCH_LIMIT, recordBytes, splitByPartition } from './size.ts'
import type { Topics } from './topics.ts'

const DEADLINE_MS = 9_000
/** Bytes of all that was not answered yet; beyond, nothing more is taken: a broker that is away must not fill the memory. */
const HELD_LIMIT = 32 * 1024 * 1024
/** What has waited for its turn so long is given up unsent: whoever asked for it does not wait longer. */
const TURN_WITHIN_MS = 9_000

type Place = { readonly partition: number; readonly offset: number }
type Placed = { readonly record: OutRecord; place?: Place }
type Order = {
  readonly placed: readonly Placed[]
  /** Of its records. */
  readonly bytes: number
  /** Milliseconds of the monotonic clock. */
  readonly since: number
  readonly done: PromiseWithResolvers<readonly Place[]>
}

export type Appender = { readonly append: Log['append']; close(): Promise<void> }

/**
 * Appends through one idempotent producer, one send at a time: what comes meanwhile goes together with the next, up to
 * a number of bytes.
 *
 * One at a time, and a new producer after any failure, because kafkajs takes the sequence numbers of a failed send
 * back although the broker may have written it: the next send would bear them again, and the broker would acknowledge it
 * as a repeat without writing it.
 */
export function kafkaAppender(settings: Settings, topics: Topics): Appender {
  const kafka = kafkaClient(settings, 'append')
  const waiting: Order[] = []
  let producer: Promise<Producer> | undefined
  let running: Promise<void> | undefined
  let held = 0

  const connected = (): Promise<Producer> => {
    producer ??= connect()
    return producer
  }

  async function connect(): Promise<Producer> {
    const made = kafka.producer({
      idempotent: true,
      createPartitioner: noPartitioner,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: retryOf('append'),
    })
    await made.connect()
    return made
  }

  function discard(): void {
    void producer?.then(made => made.disconnect()).catch(() => {})
    producer = undefined
  }

  async function run(): Promise<void> {
    for (let orders = takeTogether(waiting); orders.length > 0; orders = takeTogether(waiting)) {
      try {
        for (const part of splitByPartition(orders.flatMap(({ placed }) => placed.map(({ record }) => record)))) {
          await within(DEADLINE_MS, send(part, orders))
        }
        for (const { placed, done } of orders) done.resolve(placed.flatMap(({ place }) => (place ? [place] : [])))
      } catch (error) {
        discard()
        topics.forgetSizes()
        const { length } = orders.flatMap(({ placed }) => placed)
        const told = isTooLarge(error)
          ? new VigiaError('VIG_VALUE_TOO_LARGE', 'a record is larger than its topic takes', {}, { cause: error })
          : unavailable(`appending ${length} records`, error)
        for (const { done } of orders) done.reject(told)
      }
    }
  }

  async function send(part: readonly OutRecord[], orders: readonly Order[]): Promise<void> {
    const sent = new Set(part)
    const written = await (await connected()).sendBatch({ acks: -1, topicMessages: topicMessages(part) })
    const next = new Map(written.map(at => [`${at.topicName}/${at.partition}`, Number(at.baseOffset ?? at.offset)]))
    for (const item of orders.flatMap(({ placed }) => placed)) {
      if (!sent.has(item.record)) continue
      const key = `${item.record.topic}/${item.record.partition}`
      const offset = next.get(key)
      if (offset === undefined) throw new Error(`no answer about ${key}`)
      item.place = { partition: item.record.partition, offset }
      next.set(key, offset + 1)
    }
  }

  return {
    async append(records) {
      if (records.length === 0) return []
      const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0)
      if (held > 0 && held + bytes > HELD_LIMIT) throw unavailable('appending', new Error(`${held} bytes wait already`))
      held += bytes
      try {
        await topics.checkSizes(records)
        const done = Promise.withResolvers<readonly Place[]>()
        // A copy, so that a record given twice is two records.
        const placed = records.map(record => ({ record: { ...record } }))
        waiting.push({ placed, bytes, since: performance.now(), done })
        running ??= run().finally(() => {
          running = undefined
        })
        return await done.promise
      } catch (error) {
        throw error instanceof VigiaError ? error : unavailable('appending', error)
      } finally {
        held -= bytes
      }
    },
    async close() {
      await running
      await producer?.then(made => made.disconnect()).catch(() => {})
    },
  }
}

/** As many whole orders as fit one send; at least one. Those that waited too long are told so, and are not among them. */
function takeTogether(waiting: Order[]): Order[] {
  const together: Order[] = []
  let bytes = 0
  for (let order = waiting[0]; order; order = waiting[0]) {
    if (performance.now() - order.since > TURN_WITHIN_MS) {
      order.done.reject(unavailable('appending', new Error(`not sent within ${TURN_WITHIN_MS} ms`)))
      waiting.shift()
      continue
    }
    bytes += order.bytes
    if (together.length > 0 && bytes > BATCH_LIMIT) break
    together.push(order)
    waiting.shift()
  }
  return together
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no acknowledgement within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
