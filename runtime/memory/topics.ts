import { VigiaError } from '../../core/errors.ts'
import type { OutRecord, PartitionBounds, TopicSpec } from '../log.ts'
import { PartitionLog, type TransactionState } from './partition-log.ts'

const defaults = { 'cleanup.policy': 'delete', 'max.message.bytes': '1048588' }
/** Header of a record batch (61 bytes) and the lengths and deltas of one record. */
const overhead = 81

type StoredTopic = { readonly partitions: readonly PartitionLog[]; readonly config: Readonly<Record<string, string>> }

/** All topics of the cluster. Timestamps are LogAppendTime and never go back. */
export class Topics {
  readonly #topics = new Map<string, StoredTopic>()
  readonly #clock: () => number
  #lastTime = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  create(specs: readonly TopicSpec[]): string[] {
    const created: string[] = []
    for (const spec of specs) {
      if (this.#topics.has(spec.name)) continue
      const partitions = Array.from(
        { length: spec.partitions },
        (_, partition) => new PartitionLog(spec.name, partition),
      )
      this.#topics.set(spec.name, { partitions, config: { ...defaults, ...spec.config } })
      created.push(spec.name)
    }
    return created
  }

  /** Deletes a topic and creates it again: the same name, and nothing in it. */
  recreate(name: string): void {
    const { partitions, config } = this.#topic(name)
    this.#topics.delete(name)
    this.create([{ name, partitions: partitions.length, config }])
  }

  describe(names: readonly string[]): Map<string, { partitions: number; config: Record<string, string> }> {
    const found = new Map<string, { partitions: number; config: Record<string, string> }>()
    for (const name of names) {
      const topic = this.#topics.get(name)
      if (topic) found.set(name, { partitions: topic.partitions.length, config: { ...topic.config } })
    }
    return found
  }

  /** Throws `VIG_TOPIC_MISFIT` for a topic that does not exist: nothing is created by being written to. */
  partitions(topic: string): readonly PartitionLog[] {
    return this.#topic(topic).partitions
  }

  partition(topic: string, partition: number): PartitionLog {
    const found = this.partitions(topic)[partition]
    if (!found) {
      throw new VigiaError('VIG_TOPIC_MISFIT', `topic ${topic} has no partition ${partition}`, { topic, partition })
    }
    return found
  }

  bounds(topic: string): PartitionBounds[] {
    return this.partitions(topic).map(({ partition, start, end }) => ({ partition, start, end }))
  }

  /** Throws if one of the records cannot be written: unknown topic or partition, `VIG_VALUE_TOO_LARGE`. */
  check(records: readonly OutRecord[]): void {
    for (const record of records) {
      this.partition(record.topic, record.partition)
      const limit = Number(this.#topic(record.topic).config['max.message.bytes'])
      let bytes = overhead + (record.key?.length ?? 0) + (record.value?.length ?? 0)
      for (const [name, value] of Object.entries(record.headers ?? {})) bytes += Buffer.byteLength(name) + value.length
      if (bytes <= limit) continue
      throw new VigiaError('VIG_VALUE_TOO_LARGE', `a record of ${bytes} bytes is too large for topic ${record.topic}`, {
        topic: record.topic,
        bytes,
        limit,
      })
    }
  }

  append(record: OutRecord, transaction: TransactionState | null): number {
    this.#lastTime = Math.max(this.#lastTime, this.#clock())
    return this.partition(record.topic, record.partition).append(record, this.#lastTime, transaction)
  }

  #topic(name: string): StoredTopic {
    const topic = this.#topics.get(name)
    if (!topic) throw new VigiaError('VIG_TOPIC_MISFIT', `topic ${name} does not exist`, { topic: name })
    return topic
  }
}
