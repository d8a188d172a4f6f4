import type { GroupSpec, TaskHandler } from '../log.ts'
import type { Random } from './random.ts'
import type { Lifetime } from './reader.ts'
import type { Scheduler } from './scheduler.ts'
import type { Topics } from './topics.ts'
import type { Transactions } from './transactions.ts'

/** What groups, members and tasks see of the broker that they run on. */
export type BrokerParts = {
  readonly clock: () => number
  readonly maxBatchRecords: number
  readonly random: Random
  readonly scheduler: Scheduler
  readonly topics: Topics
  readonly transactions: Transactions
}

/** What a task sees of the member that owns it. */
export type TaskOwner = {
  readonly spec: GroupSpec
  readonly handler: TaskHandler
  readonly lifetime: Lifetime
  /** Leaving is alive: what is in hand may still commit. */
  readonly isAlive: boolean
  fail(error: unknown): void
}
