import { VigiaError } from '../../core/errors.ts'
import type { Log, Membership } from '../log.ts'
import type { MemoryCluster } from './cluster.ts'
import type { Member } from './member.ts'
import { type Lifetime, readPartitions } from './reader.ts'

/** A client of a cluster in memory. Keeps every promise of the port; `close` drains what it has joined. */
export function memoryLog({ broker }: MemoryCluster, { clientId = 'vigia' }: { readonly clientId?: string } = {}): Log {
  const members = new Set<Member>()
  let ended = false
  const lifetime: Lifetime = { ended: () => ended, watchers: new Set() }
  const end = () => {
    ended = true
    broker.clients.delete(client)
    for (const wake of [...lifetime.watchers]) wake()
  }
  const client = { clientId, kill: end }
  broker.clients.add(client)
  const mustLive = () => {
    if (ended) throw new VigiaError('VIG_LOG_UNAVAILABLE', `the client ${clientId} is closed`, { clientId })
  }

  return {
    async join(spec, handler): Promise<Membership> {
      mustLive()
      const member = broker.join(clientId, spec, handler)
      members.add(member)
      return {
        owned: () => member.owned,
        assigned: () => member.assigned,
        lastProgress: () => member.lastProgress,
        drain: () => member.drain(),
        done: member.done,
      }
    },
    async append(records) {
      mustLive()
      broker.topics.check(records)
      return records.map(record => ({ partition: record.partition, offset: broker.topics.append(record, null) }))
    },
    read: (topic, options) => ({
      async *[Symbol.asyncIterator]() {
        mustLive()
        yield* readPartitions(broker.topics.partitions(topic), options, lifetime)
      },
    }),
    async bounds(topic) {
      return broker.topics.bounds(topic)
    },
    async committed(group, topic) {
      return broker.transactions.committed(group, topic)
    },
    async createTopics(topics) {
      return broker.topics.create(topics)
    },
    async describeTopics(names) {
      return broker.topics.describe(names)
    },
    async close() {
      await Promise.all([...members].map(member => member.drain()))
      end()
    },
  }
}
