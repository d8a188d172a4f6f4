import type { Broker, Cluster } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { watchFetches } from './fetch-watch.ts'
import { readPosition } from './read-position.ts'

type Fetching = { fetch(request: object): Promise<{ responses: { topicName: string; partitions: object[] }[] }> }

/** A consumer's connection whose broker answers what it is told to; and what was told of it. */
function watched(answer: () => Promise<object>) {
  const position = readPosition()
  const told: string[] = []
  const broker = { fetch: answer } as unknown as Broker
  const cluster = { findBroker: async () => broker } as unknown as Cluster
  watchFetches(cluster, {
    isWanted: position.isAt,
    onUnstable: (topic, partition, distance) => void told.push(`${topic}/${partition} unstable ${distance}`),
    onOutOfRange: (topic, partition, offset) => void told.push(`${topic}/${partition} out of range ${offset}`),
  })
  const fetch = async (...asked: readonly [number, number][]) => {
    const found = (await cluster.findBroker({ nodeId: '1' })) as unknown as Fetching
    const partitions = asked.map(([partition, offset]) => ({ partition, fetchOffset: String(offset) }))
    return found.fetch({ topics: [{ topic: 'in', partitions }] })
  }
  return { position, told, fetch }
}

const partition = (number: number) => ({ partition: number, highWatermark: '9', lastStableOffset: '7', messages: [] })
const answered = async () => ({ responses: [{ topicName: 'in', partitions: [partition(0), partition(1)] }] })
const outOfRange = (number: number) =>
  Object.assign(new Error('out of range'), { name: 'KafkaJSOffsetOutOfRange', topic: 'in', partition: number })

describe('what a consumer fetches', () => {
  it('is handed on where it was asked for from the place where reading goes on, and dropped elsewhere', async () => {
    const { position, told, fetch } = watched(answered)
    position.set('in', 0, 5)
    const [response] = (await fetch([0, 5], [1, 3])).responses
    expect(response?.partitions).toEqual([partition(0)])
    expect(told).toEqual(['in/0 unstable 2', 'in/1 unstable 2'])
  })

  it('is dropped where reading went on elsewhere while it was on its way', async () => {
    const answer = Promise.withResolvers<object>()
    const { position, fetch } = watched(() => answer.promise)
    position.set('in', 0, 5)
    position.set('in', 1, 3)
    const coming = fetch([0, 5], [1, 3])
    position.set('in', 0, 8)
    answer.resolve(await answered())
    expect((await coming).responses[0]?.partitions).toEqual([partition(1)])
  })

  it.each([
    ['told and refused for good where reading goes on there', 5, ['in/0 out of range 5'], false],
    ['only tried again where reading goes on elsewhere', 6, [], true],
  ])('out of range is %s', async (_, at, expected, retriable) => {
    const { position, told, fetch } = watched(async () => {
      throw outOfRange(0)
    })
    position.set('in', 0, at)
    const error = await fetch([0, 5]).then(
      () => undefined,
      reason => reason,
    )
    expect(error).toMatchObject({ name: 'Error', retriable })
    expect(told).toEqual(expected)
  })
})
