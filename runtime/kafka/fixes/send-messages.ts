import { type Grouping, groupByPartition } from './grouping.ts'
import { replace, upstream } from './upstream.ts'

type Message = { readonly partition?: number }
type PartitionData = { readonly partition: number; readonly messages: readonly Message[]; firstSequence?: number }
type TopicData = { readonly topic: string; readonly partitions: readonly PartitionData[] }
type Answered = { readonly partition: number }

export type SendingBroker = {
  readonly nodeId: number
  produce(request: object): Promise<{
    readonly topics: readonly { readonly topicName: string; readonly partitions: readonly Answered[] }[]
  }>
}
export type SendingCluster = {
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findTopicPartitionMetadata(topic: string): readonly unknown[]
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>
  findBroker(node: { readonly nodeId: string }): Promise<SendingBroker>
  isConnected(): boolean
  connect(): Promise<void>
  removeBroker(at: { readonly host: string; readonly port: number }): void
}
export type Sequences = {
  isTransactional(): boolean
  getTransactionalId(): string
  getProducerId(): unknown
  getProducerEpoch(): number
  getSequence(topic: string, partition: number): number
  updateSequence(topic: string, partition: number, by: number): void
  acquireBrokerLock(broker: SendingBroker): Promise<void>
  releaseBrokerLock(broker: SendingBroker): void
  addPartitionsToTransaction(data: readonly TopicData[]): Promise<void>
}
type Retrier = <T>(work: (bail: (error: unknown) => void) => Promise<T>) => Promise<T>
export type SendParts = {
  readonly logger: { debug(message: string): void; error(message: string): void }
  readonly cluster: SendingCluster
  readonly partitioner: Grouping<Message>['partitioner']
  readonly eosManager: Sequences
  readonly retrier: Retrier
}
export type SendRequest = {
  readonly acks: number
  readonly timeout?: number
  readonly compression?: number
  readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly Message[] }[]
}
export type Send = (request: SendRequest) => Promise<readonly object[]>

type Failure = Error & {
  readonly type?: string
  readonly retriable?: boolean
  readonly host: string
  readonly port: number
}

const stale = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']
const unsettled = ['KafkaJSMetadataNotLoaded', 'KafkaJSConnectionError', 'KafkaJSConnectionClosedError']

/**
 * D10. Remembers for each partition what has been written, and waits for every request of an attempt before the next one.
 *
 * kafkajs remembers which broker has answered. Where one request of a send fails and the partition then has a leader that has answered
 * for others, it sends nothing to it and reports success: records are lost, within a transaction that commits. Where the
 * failure comes while another broker is still at work, or a written partition moves to the broker that failed, it writes
 * again what is written: records stand twice. One broker alone cannot show it.
 */
export function sendByPartition({ logger, cluster, partitioner, eosManager, retrier }: SendParts): Send {
  return ({ acks, timeout, compression, topicMessages }) => {
    const topics = topicMessages.map(({ topic }) => topic)
    const answers = new Map<string, object>()
    let groups: ReadonlyMap<string, Readonly<Record<string, readonly Message[]>>> | undefined

    /** Once, so that no message goes to another partition at the second attempt. */
    function group(): ReadonlyMap<string, Readonly<Record<string, readonly Message[]>>> {
      return new Map(
        topicMessages.map(({ topic, messages }) => {
          const partitionMetadata = cluster.findTopicPartitionMetadata(topic)
          if (partitionMetadata.length === 0) throw notLoaded(`no metadata of ${topic}`)
          return [topic, groupByPartition({ topic, partitionMetadata, messages, partitioner })]
        }),
      )
    }

    /** What has no answer yet, by the node that leads it now. */
    function missing(): Map<string, TopicData[]> {
      groups ??= group()
      const byLeader = new Map<string, TopicData[]>()
      for (const [topic, group] of groups) {
        const open = Object.keys(group)
          .map(Number)
          .filter(partition => !answers.has(`${topic} ${partition}`))
        if (open.length === 0) continue
        const leaders = Object.entries(cluster.findLeaderForPartitions(topic, open))
        if (leaders.flatMap(([, led]) => led).length < open.length) throw notLoaded(`no leaders of all of ${topic}`)
        for (const [nodeId, led] of leaders) {
          const partitions = led.map(partition => ({ partition, messages: group[partition] ?? [] }))
          const data = byLeader.get(nodeId) ?? []
          data.push({ topic, partitions })
          byLeader.set(nodeId, data)
        }
      }
      return byLeader
    }

    async function produce(nodeId: string, topicData: readonly TopicData[]): Promise<void> {
      const broker = await cluster.findBroker({ nodeId })
      await eosManager.acquireBrokerLock(broker)
      try {
        const isTransactional = eosManager.isTransactional()
        if (isTransactional) await eosManager.addPartitionsToTransaction(topicData)
        count(topicData, 1)
        const request = {
          ...{ acks, timeout, compression, topicData },
          transactionalId: isTransactional ? eosManager.getTransactionalId() : undefined,
          producerId: eosManager.getProducerId(),
          producerEpoch: eosManager.getProducerEpoch(),
        }
        const response = await broker.produce(request).catch(error => {
          count(topicData, -1)
          throw error
        })
        note(topicData, acks === 0 ? [] : response.topics)
      } finally {
        eosManager.releaseBrokerLock(broker)
      }
    }

    /** Takes the sequence numbers of what is sent, or gives them back: sent again it bears the same, and is known as a repeat. */
    function count(topicData: readonly TopicData[], sign: 1 | -1): void {
      for (const { topic, partitions } of topicData) {
        for (const entry of partitions) {
          if (sign === 1) entry.firstSequence = eosManager.getSequence(topic, entry.partition)
          eosManager.updateSequence(topic, entry.partition, sign * entry.messages.length)
        }
      }
    }

    function note(
      topicData: readonly TopicData[],
      answered: Awaited<ReturnType<SendingBroker['produce']>>['topics'],
    ): void {
      for (const { topic, partitions } of topicData)
        for (const { partition } of partitions) answers.set(`${topic} ${partition}`, {})
      for (const { topicName, partitions } of answered)
        for (const one of partitions) answers.set(`${topicName} ${one.partition}`, { topicName, ...one })
    }

    return retrier(async bail => {
      try {
        await cluster.addMultipleTargetTopics(topics)
        await cluster.refreshMetadataIfNecessary()
        const work = [...missing()].map(([nodeId, topicData]) => produce(nodeId, topicData))
        const failures = (await Promise.allSettled(work)).flatMap(one =>
          one.status === 'rejected' ? [one.reason] : [],
        )
        // What cannot be tried again decides, whatever else has failed.
        if (failures.length > 0) throw failures.find(({ retriable }) => retriable === false) ?? failures[0]
        return acks === 0 ? [] : [...answers.values()]
      } catch (error) {
        return await recover(error as Failure, bail)
      }
    })

    async function recover(error: Failure, bail: (error: unknown) => void): Promise<never> {
      if (error.name === 'KafkaJSConnectionClosedError') cluster.removeBroker({ host: error.host, port: error.port })
      const isRetriable = error.name === 'KafkaJSProtocolError' && error.retriable === true
      const isConnected = cluster.isConnected()
      if (!isConnected) await cluster.connect()
      if (!isConnected || isRetriable || stale.includes(error.type ?? '') || unsettled.includes(error.name)) {
        logger.error(`Failed to send messages: ${error.message}`)
        await cluster.refreshMetadata()
        throw error
      }
      logger.error(error.message)
      if (!error.retriable) bail(error)
      throw error
    }
  }
}

function notLoaded(message: string): Error {
  const { KafkaJSMetadataNotLoaded } = upstream<{ KafkaJSMetadataNotLoaded: new (text: string) => Error }>('errors.js')
  return new KafkaJSMetadataNotLoaded(message)
}

export function fixSendMessages(): void {
  replace('producer/sendMessages.js', sendByPartition)
}
