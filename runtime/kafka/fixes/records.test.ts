import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../memory/random.ts'
import { type Encode, encodeRequest, type Message, type ProduceRequest, produceRequest } from './produce-request.ts'
import { Cursor, varintBytes, writeVarint } from './record-bytes.ts'
import { batchDecoder, type DecodedBatch, type Decoder } from './record-decoder.ts'
import { original, upstream } from './upstream.ts'

const NewDecoder = upstream<new (bytes: Buffer) => Decoder & { readInt64(): bigint }>('protocol/decoder.js')
const { lookupCodecByAttributes } = upstream<{ lookupCodecByAttributes: Parameters<typeof batchDecoder>[0] }>(
  'protocol/message/compression/index.js',
)
const shippedRequest = original<Encode>('protocol/requests/produce/v3/request.js')
const shippedDecoder = original<(decoder: Decoder) => Promise<DecodedBatch>>('protocol/recordBatch/v0/decoder.js')
const decode = batchDecoder(lookupCodecByAttributes, message => new Error(message))

const random = seededRandom(17)
const bytes = (below: number) => Buffer.from(Array.from({ length: random.below(below) }, () => random.below(256)))
const instant = 1_700_000_000_000

function message(timed: boolean): Message {
  const headers: Record<string, Buffer | string | (Buffer | string)[]> = {}
  for (let count = random.below(4); count > 0; count--) {
    const name = `h${random.below(1_000)}é`.slice(0, 1 + random.below(5))
    headers[name] = random.below(3) === 0 ? [bytes(9), 'zwölf'] : random.below(2) === 0 ? bytes(200) : 'text'
  }
  return {
    ...(random.below(5) === 0 ? { key: null } : { key: random.below(2) === 0 ? bytes(80) : 'schlüssel' }),
    ...(random.below(5) === 0 ? {} : { value: bytes(500) }),
    ...(timed ? { timestamp: String(instant + random.below(9_999_999)) } : {}),
    ...(random.below(2) === 0 ? {} : { headers }),
  }
}

function request(): ProduceRequest {
  const timed = random.below(2) === 0
  const partitions = Array.from({ length: 1 + random.below(3) }, (_, partition) => ({
    partition,
    firstSequence: random.below(100_000),
    messages: Array.from({ length: 1 + random.below(30) }, () => message(timed)),
  }))
  return {
    ...{ acks: -1, timeout: 30_000, producerEpoch: random.below(9), compression: 0 },
    ...(random.below(2) === 0 ? { transactionalId: null } : { transactionalId: 'group.7' }),
    producerId: String(random.below(1_000_000)),
    topicData: [
      { topic: 'a', partitions },
      { topic: 'tópico', partitions: partitions.slice(0, 1) },
    ],
  }
}

/** The batch of the first partition, out of a request. */
function firstBatch(of: ProduceRequest, encoded: Buffer): Buffer {
  const at = 2 + (of.transactionalId?.length ?? 0) + 2 + 4 + 4 + 2 + 1 + 4 + 4
  return encoded.subarray(at + 4, at + 4 + encoded.readInt32BE(at))
}

describe('a number of variable length', () => {
  it.each([0, 1, -1, 63, 64, -64, -65, 8_191, 8_192, 2 ** 31, -(2 ** 31), 2 ** 52, -(2 ** 52)])(
    '%i is read as it was written',
    number => {
      const into = Buffer.alloc(10)
      const end = writeVarint(into, 0, number)
      expect(end).toBe(varintBytes(number))
      expect(new Cursor(into).varint()).toBe(number)
    },
  )

  it('that is cut short or goes on for ever is an error', () => {
    expect(() => new Cursor(Buffer.from([0x80])).varint()).toThrow(RangeError)
    expect(() => new Cursor(Buffer.alloc(20, 0xff)).varint()).toThrow(RangeError)
  })
})

describe('a produce request in one pass', () => {
  it('has the bytes that kafkajs writes, for random requests', async () => {
    const now = Date.now
    try {
      Date.now = () => instant
      for (let count = 0; count < 40; count++) {
        const given = request()
        const shipped = (await shippedRequest(given).encode()).buffer
        expect(encodeRequest(given, instant).equals(shipped)).toBe(true)
      }
    } finally {
      Date.now = now
    }
  })

  it('stands in one buffer of the right size; kafkajs takes the next power of two', async () => {
    const given = request()
    const fixed = produceRequest(shippedRequest, buf => ({
      buf,
      offset: buf.length,
      buffer: buf,
      size: () => buf.length,
    }))
    const { buf, buffer } = await fixed(given).encode()
    expect(buf.length).toBe(buffer.length)
    expect((await shippedRequest(given).encode()).buf.length).toBeGreaterThan(buffer.length)
  })

  it('is left to kafkajs where it is to be compressed', async () => {
    const given = { ...request(), compression: 1 }
    const fixed = produceRequest(shippedRequest, () => {
      throw new Error('compressed here')
    })
    expect((await fixed(given).encode()).buffer.length).toBeGreaterThan(0)
  })
})

describe('a batch decoded with plain numbers', () => {
  it.each([0, 1])('holds what kafkajs reads from it, for random batches, with compression %i', async compression => {
    for (let count = 0; count < 15; count++) {
      const given = { ...request(), compression }
      const batch = firstBatch(given, (await shippedRequest(given).encode()).buffer)
      const [ours, theirs] = [new NewDecoder(batch), new NewDecoder(batch)]
      const [read, expected] = [await decode(ours), await shippedDecoder(theirs)]
      expect(read).toEqual(expected)
      expect(ours.offset).toBe(theirs.offset)
    }
  })

  it('says that a batch is cut short, as kafkajs does, so that it is fetched again', async () => {
    const given = { ...request(), compression: 0 }
    const batch = firstBatch(given, encodeRequest(given, instant))
    await expect(decode(new NewDecoder(batch.subarray(0, batch.length - 1)))).rejects.toThrow('are here')
    await expect(shippedDecoder(new NewDecoder(batch.subarray(0, batch.length - 1)))).rejects.toThrow('partial')
  })

  it('takes the time of the append where the topic has it', async () => {
    const given = { ...request(), compression: 0 }
    const batch = Buffer.from(firstBatch(given, encodeRequest(given, instant)))
    batch.writeInt16BE(batch.readInt16BE(21) | 8, 21)
    const [read, expected] = [await decode(new NewDecoder(batch)), await shippedDecoder(new NewDecoder(batch))]
    expect(read).toEqual(expected)
    expect(new Set(read.records.map(({ timestamp }) => timestamp)).size).toBe(1)
  })

  it('keeps a header that is named like a part of the language', async () => {
    const messages = [{ key: 'k', headers: { ['__proto__']: 'v', constructor: 'w' } }]
    const given = { ...request(), topicData: [{ topic: 'a', partitions: [{ partition: 0, messages }] }] }
    const { records } = await decode(new NewDecoder(firstBatch(given, encodeRequest(given, instant))))
    expect(Object.keys(records[0]?.headers ?? {})).toEqual(['__proto__', 'constructor'])
  })
})
