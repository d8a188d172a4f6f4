import type { Assigner, Cluster, GroupMember } from 'kafkajs'
import { AssignerProtocol } from './kafkajs.ts'

const NAME = 'vigia-co-partition'
const VERSION = 1

/**
 * Who gets which partition number: everyone an equal share, keeping what they have, the rest in order.
 * `members` in order of their ids, each with the numbers it owns now; who owns more is the one to have one more.
 */
export function sharePartitions(
  count: number,
  members: readonly { readonly id: string; readonly owned: readonly number[] }[],
): Map<string, number[]> {
  const taken = new Set<number>()
  const claims = members.map(({ id, owned }) => {
    const own = owned.filter(partition => Number.isInteger(partition) && partition >= 0 && partition < count)
    const first = own.filter(partition => !taken.has(partition) && taken.add(partition))
    return { id, first }
  })
  const shares = new Map<string, number[]>(members.map(({ id }) => [id, []]))
  const free = new Set(Array.from({ length: count }, (_, partition) => partition))
  const byOwned = claims.toSorted((a, b) => b.first.length - a.first.length)
  const quota = (index: number) => Math.floor(count / members.length) + (index < count % members.length ? 1 : 0)
  byOwned.forEach(({ id, first }, index) => {
    const kept = first.slice(0, quota(index))
    for (const partition of kept) free.delete(partition)
    shares.set(id, kept)
  })
  const left = [...free]
  byOwned.forEach(({ id }, index) => {
    const share = shares.get(id) ?? []
    share.push(...left.splice(0, quota(index) - share.length))
    share.sort((a, b) => a - b)
  })
  return shares
}

/**
 * One member owns a partition number in all topics of the group (kafkajs' own assigner breaks that up as soon as the
 * numbers do not fit), and keeps it over a rebalance: it tells the leader what it owns. `meet` is shown the consumer's
 * connection, once.
 */
export function coPartitionAssigner(
  owned: () => readonly number[],
  meet: (cluster: Cluster) => void = () => {},
): (config: { cluster: Cluster }) => Assigner {
  return ({ cluster }) => {
    meet(cluster)
    return assignerOn(cluster, owned)
  }
}

function assignerOn(cluster: Cluster, owned: () => readonly number[]): Assigner {
  return {
    name: NAME,
    version: VERSION,
    protocol({ topics }) {
      const userData = Buffer.from(JSON.stringify(owned()))
      return { name: NAME, metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData }) }
    },
    async assign({ members, topics }) {
      const counts = new Set(topics.map(topic => cluster.findTopicPartitionMetadata(topic).length))
      const [count] = counts
      if (counts.size !== 1 || !count) throw new Error(`topics are not co-partitioned: ${topics.join(', ')}`)
      const sorted = members.map(member => ({ id: member.memberId, owned: ownedBy(member) })).sort(byId)
      return [...sharePartitions(count, sorted)].map(([memberId, partitions]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          userData: Buffer.alloc(0),
          assignment: Object.fromEntries(topics.map(topic => [topic, partitions])),
        }),
      }))
    },
  }
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** What a member says it owns; nothing where it does not say so in our words. */
function ownedBy({ memberMetadata }: GroupMember): number[] {
  try {
    const userData = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData
    const owned: unknown = JSON.parse(String(userData))
    return Array.isArray(owned) ? owned.filter(partition => typeof partition === 'number') : []
  } catch {
    return []
  }
}
