import { VigiaError } from '../../../core/errors.ts'
import type { Producer } from '../../../runtime/producer.ts'

export type PutRaw = { readonly value: Buffer; readonly headers: Readonly<Record<string, Buffer>> }
export type PutEvent = { readonly topic: string; readonly key: string; readonly id: string; readonly draft: object }

/** A producer that keeps what it is given, one partition, for tests of the API. */
export type FakeProducer = Producer & {
  readonly raws: PutRaw[]
  readonly events: PutEvent[]
  /** Set: every call rejects with it. */
  failing: 'VIG_LOG_UNAVAILABLE' | 'VIG_VALUE_TOO_LARGE' | undefined
  /** Set: calls are acknowledged after it. */
  acknowledged: Promise<void> | undefined
}

export function fakeProducer(): FakeProducer {
  const fake: FakeProducer = {
    raws: [],
    events: [],
    failing: undefined,
    acknowledged: undefined,
    async raw(value, headers) {
      if (fake.failing !== undefined) throw new VigiaError(fake.failing, 'as told')
      const offset = fake.raws.push({ value, headers }) - 1
      await fake.acknowledged
      return { partition: 0, offset }
    },
    async event(topic, key, id, draft) {
      if (fake.failing !== undefined) throw new VigiaError(fake.failing, 'as told')
      const offset = fake.events.push({ topic: topic.name, key, id, draft }) - 1
      return { partition: 0, offset }
    },
  }
  return fake
}
