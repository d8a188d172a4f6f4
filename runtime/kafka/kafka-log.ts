import { VigiaError } from '../../core/errors.ts'
import type { Log, LogRecord, Membership, ReadOptions } from '../log.ts'
import { kafkaAppender } from './appender.ts'
import { kafkaClient } from './client.ts'
import { beginGroup } from './group-start.ts'
import { joinGroup } from './membership.ts'
import { type KafkaOptions, settingsFrom } from './options.ts'
import { readTopic } from './reader.ts'
import { kafkaTopics } from './topics.ts'

/** The log over Kafka. Connects when it is first used; `close` drains what it has joined and ends its readers. */
export function kafkaLog(options: KafkaOptions): Log {
  const settings = settingsFrom(options)
  const topics = kafkaTopics(settings)
  const appender = kafkaAppender(settings, topics)
  const memberships = new Set<Membership>()
  const closing = new AbortController()

  const mustBeOpen = () => {
    if (closing.signal.aborted) throw new VigiaError('VIG_LOG_UNAVAILABLE', 'the log is closed')
  }

  function read(topic: string, wanted: ReadOptions): AsyncIterable<readonly LogRecord[]> {
    const signal = wanted.signal ? AbortSignal.any([wanted.signal, closing.signal]) : closing.signal
    return {
      [Symbol.asyncIterator]() {
        mustBeOpen()
        return readTopic(settings, topic, { ...wanted, signal })
      },
    }
  }

  return {
    async join(spec, handler) {
      mustBeOpen()
      const alike = [spec.elect, spec.state].flatMap(topic => topic ?? [])
      const count = await topics.commonPartitions([...new Set([...spec.inputs, ...alike])])
      await beginGroup(settings, kafkaClient(settings, 'transactions'), topics, spec)
      const membership = await joinGroup({
        settings,
        topics,
        spec,
        handler,
        count,
        restore: (topic, partition, signal) =>
          restored(read(topic, { from: 'beginning', until: 'end', partitions: [partition], signal }), signal),
      })
      memberships.add(membership)
      membership.done.catch(() => {}).finally(() => memberships.delete(membership))
      return membership
    },
    async append(records) {
      mustBeOpen()
      return appender.append(records)
    },
    read,
    bounds: topics.bounds,
    committed: topics.committed,
    createTopics: topics.createTopics,
    describeTopics: topics.describeTopics,
    async close() {
      if (closing.signal.aborted) return
      await Promise.all([...memberships].map(membership => membership.drain()))
      closing.abort()
      await appender.close()
      await topics.close()
    },
  }
}

/** A restore that is broken off must not look like one that came to its end. */
async function* restored(
  batches: AsyncIterable<readonly LogRecord[]>,
  signal: AbortSignal,
): AsyncGenerator<readonly LogRecord[]> {
  yield* batches
  if (signal.aborted) throw new VigiaError('VIG_FENCED', 'the task ended while it was being restored')
}
