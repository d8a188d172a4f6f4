import type { Topic } from '../schemas/topic.ts'
import type { TopicSpec } from './log.ts'

/** Changelogs are cleaned often, in small segments, so that a restore reads little more than what is live. */
const compactConfig = {
  'segment.bytes': String(64 * 1024 * 1024),
  'segment.ms': String(60 * 60 * 1000),
  'min.cleanable.dirty.ratio': '0.1',
}

export type SpecOptions = {
  readonly prefix: string
  readonly replicas?: number /** For tests: fewer partitions for all. */
  readonly partitions?: number
}

/** The catalogue as the broker is asked for it. Topics with one partition keep it. */
export function topicSpecs(topics: readonly Topic[], { prefix, replicas = 1, partitions }: SpecOptions): TopicSpec[] {
  return topics.map(topic => ({
    name: prefix + topic.name,
    partitions: topic.partitions === 1 ? 1 : (partitions ?? topic.partitions),
    replicas,
    config: {
      'cleanup.policy': topic.cleanup,
      'retention.ms': topic.retentionMs === null ? '-1' : String(topic.retentionMs),
      'retention.bytes': '-1',
      'max.message.bytes': String(topic.maxMessageBytes),
      'message.timestamp.type': 'LogAppendTime',
      // Senders choose their codec; kafkajs reads none but gzip, so the broker unpacks what it takes in.
      ...(topic.schema ? {} : { 'compression.type': 'uncompressed' }),
      ...(topic.cleanup === 'delete' ? {} : compactConfig),
    },
  }))
}
