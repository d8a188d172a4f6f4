import { describe, expect, it } from 'vitest'
import { type Batch, type Decoders, decodeMessages, type Messages, stepOverGaps } from './compaction.ts'
import { original } from './upstream.ts'

type BatchClass = { new (topic: string, fetchedOffset: string, data: object): Batch; prototype: Batch }

/** A decoder over batches that were decoded before: what matters here is which offsets they span. */
function fetched(batches: { first: number; span: number; offsets: number[] }[], cutShort = false): Decoders {
  const left = [...batches]
  return {
    newDecoder: () => ({
      readInt32: () => 0,
      readBytes: () => Buffer.alloc(0),
      canReadBytes: () => left.length > 0 || cutShort,
    }),
    async recordBatch() {
      const batch = left.shift()
      if (!batch) throw Object.assign(new Error('cut short'), { name: 'KafkaJSPartialMessageError' })
      const records = batch.offsets.map(offset => ({ offset: String(offset), isControlRecord: false }))
      return { firstOffset: String(batch.first), lastOffsetDelta: batch.span - 1, records }
    },
    messageSet: async () => [],
  }
}

function decode(decoders: Decoders): Promise<Messages> {
  const bytes = Buffer.alloc(100)
  bytes.writeInt8(2, 16)
  return decodeMessages(decoders)({ readInt32: () => 100, canReadBytes: () => true, readBytes: () => bytes })
}

function batchOf(Class: BatchClass, messages: Messages, at: number): Batch {
  return new Class('t', String(at), { partition: 0, highWatermark: '100', abortedTransactions: [], messages })
}

const cases = [
  { what: 'the last records are gone', spans: { first: 0, span: 10, offsets: [0, 3] }, at: 0, last: '9', stock: '3' },
  { what: 'all records in reach are gone', spans: { first: 0, span: 10, offsets: [3] }, at: 4, last: '9', stock: '4' },
]

describe('the offset that a fetch has reached', () => {
  it.each(cases)('lies behind the batch when $what; kafkajs crawls', async ({ spans, at, last, stock }) => {
    const messages = await decode(fetched([spans]))
    expect(messages.nextOffset).toBe('10')
    const Fixed = original<BatchClass>('consumer/batch.js')
    const Stock = original<BatchClass>('consumer/batch.js')
    stepOverGaps(Fixed.prototype)
    expect(batchOf(Fixed, messages, at).lastOffset()).toBe(last)
    expect(batchOf(Stock, messages, at).lastOffset()).toBe(stock)
  })

  it('lies behind a batch without records, which kafkajs takes for no news', async () => {
    const messages = await decode(fetched([{ first: 7, span: 3, offsets: [] }]))
    const Fixed = original<BatchClass>('consumer/batch.js')
    const Stock = original<BatchClass>('consumer/batch.js')
    stepOverGaps(Fixed.prototype)
    expect(messages.nextOffset).toBe('10')
    expect(batchOf(Fixed, messages, 7).isEmptyDueToFiltering()).toBe(true)
    expect(batchOf(Fixed, messages, 7).lastOffset()).toBe('9')
    expect(batchOf(Stock, messages, 7).isEmptyDueToFiltering()).toBe(false)
  })

  it('does not count a batch that was cut short', async () => {
    const messages = await decode(fetched([{ first: 0, span: 2, offsets: [0, 1] }], true))
    expect(messages.length).toBe(2)
    expect(messages.nextOffset).toBe('2')
  })

  it('stays where it was when nothing came', async () => {
    const messages = await decode(fetched([]))
    const Fixed = original<BatchClass>('consumer/batch.js')
    stepOverGaps(Fixed.prototype)
    expect(messages.nextOffset).toBeUndefined()
    expect(batchOf(Fixed, messages, 5).isEmptyDueToFiltering()).toBe(false)
  })
})
