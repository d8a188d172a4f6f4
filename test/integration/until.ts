import { setTimeout as sleep } from 'node:timers/promises'

const everyMs = 250

/**
 * Looks again and again until nothing is missing any more. `missing` answers what is still to come, in words; the last
 * answer is the message of the failure.
 */
export async function untilNothingMissing(missing: () => Promise<readonly string[]>, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs
  for (;;) {
    const still = await missing()
    if (still.length === 0) return
    if (Date.now() > until) throw new Error(`after ${withinMs / 1000} s there is still missing: ${still.join('; ')}`)
    await sleep(everyMs)
  }
}

/** Looks again and again until `look` gives something. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | Promise<Value | undefined>,
  withinMs = 60_000,
  pauseMs = everyMs,
): Promise<Value> {
  const end = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`after ${withinMs / 1000} s there was no ${what}`)
    await sleep(pauseMs)
  }
}
