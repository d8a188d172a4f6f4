import type { GroupSpec, TaskHandler } from '../log.ts'
import { Group } from './group.ts'
import type { Member } from './member.ts'
import { type Random, seededRandom } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { Topics } from './topics.ts'
import { Transactions } from './transactions.ts'

export type ClusterOptions = {
  /** Decides the order of steps and deliveries: the same seed and the same calls give the same order. */
  readonly seed: number
  /** Epoch milliseconds for LogAppendTime. Default: the system's clock. */
  readonly clock?: () => number
  /** Upper bound of a batch; the seed decides each cut. Default 500. */
  readonly maxBatchRecords?: number
}

/** What the clients share: topics, transactions, groups and the one schedule that everything runs on. */
export class Broker {
  readonly clock: () => number
  readonly maxBatchRecords: number
  readonly random: Random
  readonly scheduler: Scheduler
  readonly topics: Topics
  readonly transactions: Transactions
  /** Ends a client as if its process had died. */
  readonly clients = new Set<{ readonly clientId: string; kill(): void }>()
  readonly #groups = new Map<string, Group>()

  constructor({ seed, clock = Date.now, maxBatchRecords = 500 }: ClusterOptions) {
    this.clock = clock
    this.maxBatchRecords = maxBatchRecords
    this.random = seededRandom(seed)
    this.scheduler = new Scheduler(this.random, () => !this.#members().some(member => member.isBusy()))
    this.topics = new Topics(clock)
    this.transactions = new Transactions(this.topics, this.scheduler)
  }

  join(clientId: string, spec: GroupSpec, handler: TaskHandler): Member {
    const group = this.#groups.get(spec.group) ?? new Group(this)
    const member = group.join(clientId, spec, handler)
    this.#groups.set(spec.group, group)
    return member
  }

  kill(clientId: string): void {
    for (const client of [...this.clients]) if (client.clientId === clientId) client.kill()
    for (const group of this.#groups.values()) group.kill(clientId)
  }

  #members(): Member[] {
    return [...this.#groups.values()].flatMap(group => group.members)
  }
}
