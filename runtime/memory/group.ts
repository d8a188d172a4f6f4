import { VigiaError } from '../../core/errors.ts'
import type { GroupSpec, TaskHandler } from '../log.ts'
import { assign } from './assignment.ts'
import { Member } from './member.ts'
import type { BrokerParts } from './parts.ts'

/** The group coordinator: who is in, and who has which partition numbers. */
export class Group {
  readonly #broker: BrokerParts
  readonly #members = new Set<Member>()
  #partitions = 0
  #joined = 0

  constructor(broker: BrokerParts) {
    this.#broker = broker
  }

  get members(): readonly Member[] {
    return [...this.#members]
  }

  join(clientId: string, spec: GroupSpec, handler: TaskHandler): Member {
    const partitions = commonPartitions(this.#broker, spec)
    begin(this.#broker, spec)
    if (this.#members.size > 0 && partitions !== this.#partitions) {
      throw new VigiaError('VIG_TOPIC_MISFIT', `group ${spec.group} has members with other partitions`, {
        group: spec.group,
        partitions,
        others: this.#partitions,
      })
    }
    this.#partitions = partitions
    this.#joined += 1
    const id = `${clientId}-${String(this.#joined).padStart(6, '0')}`
    const member = new Member(this.#broker, left => this.leave(left), clientId, id, handler, spec)
    this.#members.add(member)
    this.#rebalance()
    return member
  }

  leave(member: Member): void {
    if (this.#members.delete(member)) this.#rebalance()
  }

  kill(clientId: string): void {
    const killed = this.members.filter(member => member.clientId === clientId)
    for (const member of killed) {
      member.kill()
      this.#members.delete(member)
    }
    if (killed.length > 0) this.#rebalance()
  }

  /** Partitions of a member on its way out stay with it until it has left. */
  #rebalance(): void {
    const live = this.members.filter(member => member.isLive)
    const held = new Set(this.members.filter(member => !member.isLive).flatMap(member => member.tending))
    const free = Array.from({ length: this.#partitions }, (_, partition) => partition).filter(one => !held.has(one))
    const holdings = live.map(({ id, assigned }) => ({ id, owned: assigned }))
    const given = assign(free, holdings)
    for (const member of live) member.reassign(given.get(member.id) ?? [])
  }
}

/** The first member of a new group commits the start of the log for all inputs. Throws `VIG_OFFSETS_LOST`. */
function begin({ topics, transactions }: BrokerParts, { group, inputs, state, outputs = [] }: GroupSpec): void {
  if (inputs.length === 0 || inputs.some(topic => transactions.committed(group, topic).size > 0)) return
  for (const topic of state === undefined ? outputs : [state, ...outputs]) {
    if (topics.bounds(topic).every(({ end }) => end === 0)) continue
    const message = `${group} has written to ${topic}, but has no committed offset of any input`
    throw new VigiaError('VIG_OFFSETS_LOST', message, { group, topic })
  }
  for (const topic of inputs) transactions.begin(group, topic, topics.bounds(topic))
}

function commonPartitions(broker: BrokerParts, { group, inputs, elect, state }: GroupSpec): number {
  const topics = [...new Set([...inputs, ...[elect, state].flatMap(topic => topic ?? [])])]
  const counts = new Set(topics.map(topic => broker.topics.partitions(topic).length))
  const [count] = counts
  if (count !== undefined && counts.size === 1) return count
  const listed = topics.map(topic => `${topic} (${broker.topics.partitions(topic).length})`).join(', ') || 'none'
  throw new VigiaError('VIG_TOPIC_MISFIT', `the inputs of group ${group} are not co-partitioned: ${listed}`, { group })
}
