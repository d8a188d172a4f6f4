import { describe, expect, it } from 'vitest'
import { dropAborted, type Fetched, type FetchedMessage } from './aborted.ts'
import { original } from './upstream.ts'

type Message = FetchedMessage & { readonly name: string }
const shipped = original<(fetched: Fetched<Message>) => Message[]>('consumer/filterAbortedMessages.js')

const marker = (type: 0 | 1) => Buffer.from([0, 0, 0, type])
const record = (offset: number, producerId: string, name: string, key: Buffer | null = null): Message => ({
  name,
  offset: String(offset),
  key,
  isControlRecord: false,
  batchContext: { producerId, inTransaction: producerId !== 'none' },
})
const end = (offset: number, producerId: string, type: 0 | 1): Message => ({
  ...record(offset, producerId, type === 0 ? 'abort' : 'commit', marker(type)),
  isControlRecord: true,
})
/** What a consumer would be given: kafkajs drops control records after the filter. */
const named = (messages: readonly Message[]) => messages.filter(one => !one.isControlRecord).map(one => one.name)

const cases: {
  what: string
  messages: Message[]
  abortedTransactions: { firstOffset: string; producerId: string }[]
  fixed: string[]
  leaks: string[]
}[] = [
  {
    what: 'two overlapping aborted transactions, listed in the order of their markers',
    messages: [
      record(0, 'A', 'a'),
      record(1, 'B', 'b'),
      record(2, 'A', 'a'),
      end(3, 'B', 0),
      end(4, 'A', 0),
      record(5, 'C', 'c'),
      end(6, 'C', 1),
    ],
    abortedTransactions: [
      { firstOffset: '1', producerId: 'B' },
      { firstOffset: '0', producerId: 'A' },
    ],
    fixed: ['c'],
    leaks: ['a', 'c'],
  },
  {
    what: 'a fetch that begins in the middle of two aborted transactions',
    messages: [record(2, 'B', 'b'), end(3, 'A', 0), record(4, 'B', 'b'), end(5, 'B', 0), record(6, 'C', 'c')],
    abortedTransactions: [
      { firstOffset: '0', producerId: 'A' },
      { firstOffset: '1', producerId: 'B' },
    ],
    fixed: ['c'],
    leaks: ['b', 'c'],
  },
  {
    what: 'records of an aborted transaction whose key looks like an abort marker',
    messages: [record(0, 'A', 'a', marker(0)), record(1, 'A', 'a'), end(2, 'A', 0), record(3, 'C', 'c', marker(0))],
    abortedTransactions: [{ firstOffset: '0', producerId: 'A' }],
    fixed: ['c'],
    leaks: ['a', 'a', 'c'],
  },
]

describe('the filter of aborted records', () => {
  it.each(cases)('leaves out $what; kafkajs leaks', ({ messages, abortedTransactions, fixed, leaks }) => {
    expect(named(dropAborted({ messages, abortedTransactions }))).toEqual(fixed)
    expect(named(shipped({ messages, abortedTransactions }))).toEqual(leaks)
  })

  it('keeps what one producer commits after it has aborted, and what lies outside of transactions', () => {
    const messages = [
      record(0, 'A', 'a'),
      record(1, 'none', 'plain'),
      end(2, 'A', 0),
      record(3, 'A', 'later'),
      end(4, 'A', 1),
    ]
    const abortedTransactions = [{ firstOffset: '0', producerId: 'A' }]
    expect(named(dropAborted({ messages, abortedTransactions }))).toEqual(['plain', 'later'])
  })

  it('passes everything on where nothing was aborted', () => {
    const messages = [record(0, 'A', 'a'), end(1, 'A', 1)]
    expect(dropAborted({ messages, abortedTransactions: [] })).toBe(messages)
    expect(dropAborted({ messages })).toBe(messages)
  })
})
