import { setTimeout } from 'node:timers/promises'
import type { GroupSpec, TaskHandler } from '../log.ts'
import type { BrokerParts } from './parts.ts'
import type { Lifetime } from './reader.ts'
import { arePositionsEqual, TaskRun } from './task-run.ts'

/** Milliseconds before the third, fourth, … take-over in a row; the second comes at once. */
const backoff = { first: 5, last: 1_000 }

/** One membership of one client: looks after the partitions that the group assigns to it. */
export class Member {
  readonly id: string
  readonly clientId: string
  readonly spec: GroupSpec
  readonly handler: TaskHandler
  readonly lifetime: Lifetime
  readonly done: Promise<void>
  readonly #settleDone: { resolve: () => void; reject: (error: unknown) => void }
  readonly #broker: BrokerParts
  readonly #leaveGroup: (member: Member) => void
  readonly #assigned = new Set<number>()
  readonly #runs = new Map<number, TaskRun>()
  /** Partitions with a take-over, a task or a close in hand. */
  readonly #tending = new Map<number, Promise<void>>()
  readonly #stopped = new AbortController()
  #state: 'live' | 'leaving' | 'dead' | 'gone' = 'live'
  #takingOver = 0
  #lastSign: number
  #left: Promise<void> | null = null

  constructor(
    broker: BrokerParts,
    leaveGroup: (member: Member) => void,
    clientId: string,
    id: string,
    handler: TaskHandler,
    spec: GroupSpec,
  ) {
    this.id = id
    this.clientId = clientId
    this.spec = spec
    this.handler = handler
    this.lifetime = { ended: () => this.#state === 'dead' || this.#state === 'gone', watchers: new Set() }
    this.#broker = broker
    this.#leaveGroup = leaveGroup
    this.#lastSign = broker.clock()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => {})
    this.done = promise
    this.#settleDone = { resolve, reject }
  }

  get isLive(): boolean {
    return this.#state === 'live'
  }

  /** Leaving is alive: what is in hand may still commit. */
  get isAlive(): boolean {
    return this.#state === 'live' || this.#state === 'leaving'
  }

  /** The log in memory answers as long as the member lives, so that is its sign of life. */
  get lastProgress(): number {
    if (this.#state === 'live') this.#lastSign = this.#broker.clock()
    return this.#lastSign
  }

  get owned(): number[] {
    return [...this.#runs]
      .filter(([, run]) => run.isOpen)
      .map(([partition]) => partition)
      .sort((a, b) => a - b)
  }

  get assigned(): readonly number[] {
    return [...this.#assigned]
  }

  /** What it still holds, on its way out too. */
  get tending(): readonly number[] {
    return [...this.#tending.keys()]
  }

  isBusy(): boolean {
    if (this.#takingOver > 0 || this.#state === 'leaving') return true
    return [...this.#runs.values()].some(run => run.isBusy())
  }

  /** The group has decided: lost partitions end as `revoked`, new ones are taken over without waiting for the loser. */
  reassign(partitions: readonly number[]): void {
    for (const partition of this.assigned) {
      if (partitions.includes(partition)) continue
      this.#assigned.delete(partition)
      this.#runs.get(partition)?.end('revoked')
    }
    for (const partition of partitions) {
      this.#assigned.add(partition)
      if (!this.#tending.has(partition)) this.#tending.set(partition, this.#tend(partition))
    }
  }

  /** Gone without a word: nothing of it is called any more, its open transactions stay until another owner fences. */
  kill(): void {
    this.#state = 'dead'
    this.#stopped.abort()
    for (const run of this.#runs.values()) run.closed()
    for (const wake of this.lifetime.watchers) wake()
  }

  drain(): Promise<void> {
    if (this.#state === 'dead') return Promise.resolve()
    this.#left ??= this.#leave('drained').then(() => this.#settleDone.resolve())
    return this.#left
  }

  fail(error: unknown): void {
    if (this.#state !== 'live') return
    this.#settleDone.reject(error)
    this.#left ??= this.#leave('failed')
  }

  async #leave(reason: 'drained' | 'failed'): Promise<void> {
    this.#state = 'leaving'
    this.#stopped.abort()
    for (const run of this.#runs.values()) run.end(reason)
    await Promise.all(this.#tending.values())
    if (!this.isAlive) return
    this.#state = 'gone'
    this.#leaveGroup(this)
    this.#broker.scheduler.touch()
  }

  /** As long as the partition is ours: take over, wait for the end, close, and again. */
  async #tend(partition: number): Promise<void> {
    let failures = 0
    let last: TaskRun | null = null
    while (this.isLive && this.#assigned.has(partition)) {
      this.#takingOver += 1
      const run = await this.#takeOver(partition, failures, last)
      this.#takingOver -= 1
      this.#broker.scheduler.touch()
      failures += 1
      last = run
      if (!run) continue
      const reason = await run.ended
      if (!this.isAlive) return
      this.#takingOver += 1
      try {
        await this.handler.close(run.task, reason)
      } catch {
        // A close that fails leaves nothing to undo: the next owner starts from what is committed.
      }
      this.#takingOver -= 1
      if (!this.isAlive) return
      run.closed()
      this.#runs.delete(partition)
      if (run.hasAchieved) failures = 0
    }
    this.#tending.delete(partition)
    this.#broker.scheduler.touch()
  }

  async #takeOver(partition: number, failures: number, last: TaskRun | null): Promise<TaskRun | null> {
    if (failures > 1) {
      const delay = Math.min(backoff.last, backoff.first * 2 ** Math.min(failures, 20))
      await setTimeout(delay, null, { signal: this.#stopped.signal }).catch(() => {})
    }
    await this.#broker.scheduler.turn()
    if (!this.isLive || !this.#assigned.has(partition)) return null
    let run: TaskRun
    try {
      run = new TaskRun(this.#broker, this, partition)
    } catch (error) {
      this.fail(error)
      return null
    }
    this.#runs.set(partition, run)
    await this.#broker.scheduler.turn()
    if (!this.isLive || !this.#assigned.has(partition)) return this.#discard(partition, run)
    try {
      const kept = last?.reached && arePositionsEqual(last.reached, run.found)
      await this.handler.open(run.task, kept ? last.task : null)
    } catch {
      return this.#discard(partition, run)
    }
    if (!this.isAlive) return this.#discard(partition, run)
    run.opened()
    return run
  }

  #discard(partition: number, run: TaskRun): null {
    run.closed()
    this.#runs.delete(partition)
    return null
  }
}
