import { describe, expect, it } from 'vitest'
import { type EncodedRecord, type Encoder, recordEncoder } from './record-encoder.ts'
import { original, upstream } from './upstream.ts'

type Encode = (record: EncodedRecord) => Encoder
const shipped = original<Encode>('protocol/recordBatch/record/v0/index.js')
const fixed = recordEncoder(upstream<Parameters<typeof recordEncoder>[0]>('protocol/encoder.js'))

/** A repeatable stream of numbers (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function randomRecord(next: (below: number) => number): EncodedRecord {
  const bytes = (below: number) => Buffer.from(Array.from({ length: next(below) }, () => next(256)))
  const headers: Record<string, Buffer | string | (Buffer | string)[]> = {}
  for (let count = next(4); count > 0; count--) {
    const name = `h${next(1_000)}é`.slice(0, 1 + next(5))
    headers[name] = next(3) === 0 ? [bytes(9), 'zwölf'] : next(2) === 0 ? bytes(200) : 'text'
  }
  return {
    offsetDelta: next(5_000),
    timestampDelta: next(100_000),
    key: next(5) === 0 ? null : next(2) === 0 ? bytes(80) : 'schlüssel',
    value: next(5) === 0 ? null : bytes(2_000),
    headers,
  }
}

describe('the encoder of a record', () => {
  it('writes the bytes that kafkajs writes, for 2,000 random records', () => {
    const next = numbers(42)
    for (let count = 0; count < 2_000; count++) {
      const record = randomRecord(next)
      expect(fixed(record).buffer.equals(shipped(record).buffer)).toBe(true)
    }
    expect(fixed({}).buffer.equals(shipped({}).buffer)).toBe(true)
  })

  it('takes one buffer of the right size; kafkajs takes the next power of two, and more of them on the way', () => {
    const record = { key: 'k', value: Buffer.alloc(600), headers: { source: Buffer.alloc(300) } }
    const wanted = shipped(record).buffer.length
    expect(fixed(record).buf.length).toBe(wanted)
    expect(shipped(record).buf.length).toBeGreaterThan(wanted)
  })
})
