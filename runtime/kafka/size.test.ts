import { describe, expect, it } from 'vitest'
import type { OutRecord } from '../log.ts'
import { upstream } from './fixes/upstream.ts'
import { BATCH_LIMIT, batchBytes, recordBytes, splitByPartition } from './size.ts'

type Encoder = { readonly buffer: Buffer }
type BatchEncoder = { RecordBatch(of: { records: Encoder[] }): Promise<{ size(): number }> }

const encode = upstream<(record: object) => Encoder>('protocol/recordBatch/record/v0/index.js')
const record = (partition: number, bytes: number, topic = 't'): OutRecord => ({
  topic,
  partition,
  key: null,
  value: Buffer.alloc(bytes),
})

describe('the size of a record', () => {
  const records: readonly [string, OutRecord][] = [
    ['an empty one', { topic: 't', partition: 0, key: null, value: null }],
    [
      'one with all fields',
      {
        topic: 't',
        partition: 0,
        key: Buffer.alloc(64),
        value: Buffer.alloc(9_000),
        headers: { ñ: Buffer.alloc(130), b: Buffer.alloc(0) },
      },
    ],
    ['a large one', record(0, 2_000_000)],
  ]
  it.each(records)('is what the encoder writes: %s', async (_, one) => {
    const { RecordBatch } = upstream<BatchEncoder>('protocol/recordBatch/v0/index.js')
    const { key, value, headers = {} } = one
    const encoded = encode({ key, value, headers })
    expect(batchBytes(one)).toBe((await RecordBatch({ records: [encoded] })).size())
    expect(recordBytes(one, 1)).toBe(encoded.buffer.length)
  })
})

describe('the split into sends', () => {
  const shape = (parts: OutRecord[][]) => parts.map(part => part.map(({ value }) => value?.length))

  it('keeps the order and stays under the limit of each partition', () => {
    const records = [record(0, 500_000), record(1, 500_000), record(0, 300_000), record(0, 200_000), record(1, 10)]
    expect(shape(splitByPartition(records))).toEqual([
      [500_000, 500_000, 300_000],
      [200_000, 10],
    ])
  })

  it('lets a record that is larger than the limit stand alone in its partition', () => {
    const large = BATCH_LIMIT * 3
    expect(shape(splitByPartition([record(0, 1), record(0, large), record(0, 2)]))).toEqual([[1], [large], [2]])
  })

  it('takes the limit of the topic', () => {
    const limitOf = (topic: string) => (topic === 'small' ? 1_000 : BATCH_LIMIT)
    const records = [record(0, 800, 'small'), record(0, 800, 'wide'), record(0, 800, 'small')]
    expect(shape(splitByPartition(records, limitOf))).toEqual([[800, 800], [800]])
    expect(splitByPartition([])).toEqual([])
  })
})
