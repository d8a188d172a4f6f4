import type { KafkaMessage } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { chunks } from './batch.ts'

const message = (offset: number, bytes: number, headers: Record<string, Buffer> = {}): KafkaMessage => ({
  offset: String(offset),
  timestamp: '0',
  attributes: 0,
  key: null,
  value: Buffer.alloc(bytes),
  headers,
})
const offsets = (parts: KafkaMessage[][]) => parts.map(part => part.map(({ offset }) => Number(offset)))

describe('the parts of a fetched batch', () => {
  it('stay under the limit, in order', () => {
    const messages = [message(0, 400), message(1, 400), message(2, 400), message(3, 10)]
    expect(offsets(chunks(messages, 1_000))).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  it('count headers, and let a record over the limit stand alone', () => {
    const messages = [
      message(0, 1, { h: Buffer.alloc(900) }),
      message(1, 1, { h: Buffer.alloc(900) }),
      message(2, 5_000),
    ]
    expect(offsets(chunks(messages, 1_000))).toEqual([[0], [1], [2]])
    expect(chunks([])).toEqual([])
  })
})
