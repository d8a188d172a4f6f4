import { setImmediate } from 'node:timers'
import type { Random } from './random.ts'

/**
 * Runs what is ready, one thing per turn of the event loop, in an order drawn from the seed. Nothing ready: nothing runs,
 * not even a timer.
 */
export class Scheduler {
  readonly #random: Random
  readonly #idle: () => boolean
  readonly #ready: (() => void)[] = []
  #waiting: (() => void)[] = []
  #armed = false

  /** `idle` says whether nothing outside of this queue is in hand. */
  constructor(random: Random, idle: () => boolean) {
    this.#random = random
    this.#idle = idle
  }

  add(work: () => void): void {
    this.#ready.push(work)
    this.#arm()
  }

  /** Resolves when the draw falls on it: every step of a transaction or a take-over waits for one. */
  turn(): Promise<void> {
    return new Promise(resolve => this.add(resolve))
  }

  /** Something outside came to its end: whoever waits for `settled` looks again. */
  touch(): void {
    if (this.#waiting.length > 0) this.#arm()
  }

  settled(): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      this.#arm()
    })
  }

  #arm(): void {
    if (this.#armed) return
    this.#armed = true
    setImmediate(() => this.#run())
  }

  #run(): void {
    this.#armed = false
    const count = this.#ready.length
    if (count > 0) {
      const chosen = count === 1 ? 0 : this.#random.below(count)
      const work = this.#ready[chosen]
      const last = this.#ready.pop()
      if (chosen < count - 1 && last) this.#ready[chosen] = last
      // Armed before the work, so that a throw in it (a bug) does not stop the others.
      this.#arm()
      work?.()
      return
    }
    if (this.#waiting.length > 0 && this.#idle()) {
      const waiting = this.#waiting
      this.#waiting = []
      for (const resolve of waiting) resolve()
    }
  }
}
