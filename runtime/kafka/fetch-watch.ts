import type { Broker, Cluster } from 'kafkajs'

type Fetched = {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: readonly {
      readonly partition: number
      readonly highWatermark: string
      readonly lastStableOffset?: string
    }[]
  }[]
}
type FetchRequest = {
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[]
  }[]
}
type Fetching = { fetch(request: FetchRequest): Promise<Fetched> }

export type FetchWatch = {
  /** Whether a partition is read from there now; what was fetched from anywhere else is dropped. */
  readonly isWanted: (topic: string, partition: number, offset: number) => boolean
  /** Records that committed readers do not see yet, since a transaction is open before them or among them. */
  readonly onUnstable: (topic: string, partition: number, distance: number) => void
  readonly onOutOfRange: (topic: string, partition: number, offset: number) => void
}

/**
 * Sees what a consumer fetches: kafkajs tells nobody where the last stable offset lies, and answers an offset out of
 * range by going on at the log's start, which it also commits. That never happens here: its fetch fails with an error that it does not know,
 * for good, after `onOutOfRange` was told. And it hands on what was fetched from a place where nobody reads any more.
 */
export function watchFetches(cluster: Cluster, { isWanted, onUnstable, onOutOfRange }: FetchWatch): void {
  const watched = new WeakSet<Broker>()
  const findBroker = cluster.findBroker.bind(cluster)
  cluster.findBroker = async node => {
    const broker = await findBroker(node)
    if (!watched.has(broker)) {
      watched.add(broker)
      watch(broker as unknown as Fetching)
    }
    return broker
  }

  function watch(broker: Fetching): void {
    const fetch = broker.fetch.bind(broker)
    broker.fetch = async request => {
      let fetched: Fetched
      try {
        fetched = await fetch(request)
      } catch (error) {
        throw refused(error, request) ?? error
      }
      for (const { topicName, partitions } of fetched.responses) {
        for (const { partition, highWatermark, lastStableOffset = highWatermark } of partitions) {
          onUnstable(topicName, partition, Math.max(0, Number(highWatermark) - Number(lastStableOffset)))
        }
      }
      return { ...fetched, responses: fetched.responses.map(response => wanted(response, request)) }
    }
  }

  function wanted(response: Fetched['responses'][number], request: FetchRequest): Fetched['responses'][number] {
    const { topicName, partitions } = response
    const isRight = ({ partition }: { readonly partition: number }) =>
      isWanted(topicName, partition, askedFor(request, topicName, partition))
    return { ...response, partitions: partitions.filter(isRight) }
  }

  function refused(error: unknown, request: FetchRequest): Error | undefined {
    if (!(error instanceof Error) || error.name !== 'KafkaJSOffsetOutOfRange') return undefined
    const { topic, partition } = error as Error & { readonly topic: string; readonly partition: number }
    const offset = askedFor(request, topic, partition)
    const isReal = isWanted(topic, partition, offset)
    if (isReal) onOutOfRange(topic, partition, offset)
    const message = `offset ${offset} is out of range of ${topic}/${partition}`
    return Object.assign(new Error(message), { retriable: !isReal })
  }
}

function askedFor({ topics }: FetchRequest, topic: string, partition: number): number {
  const asked = topics.find(one => one.topic === topic)?.partitions.find(one => one.partition === partition)
  return Number(asked?.fetchOffset ?? -1)
}
