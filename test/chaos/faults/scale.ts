import { type Fault, oneOf } from '../run/world.ts'
import type { ServiceInstance } from '../services/process.ts'
import { wait } from './wait.ts'

const rounds = 4
const everyMs = 1000

/** A consumer is added or removed each second: every time, all tasks of a service may change hands. */
export const scale: Fault = {
  name: 'scale',
  what: 'an instance more comes and goes, again and again',
  async act({ fleet, say }, random, signal) {
    const service = oneOf(random, ['ingest', 'case-builder', 'responder'] as const) ?? 'ingest'
    say(`scale: an instance of ${service} comes and goes, ${rounds} times`)
    const retiring: Promise<void>[] = []
    let extra: ServiceInstance | undefined
    try {
      for (let round = 0; round < rounds && !signal.aborted; round++) {
        extra = await fleet.add(service)
        await wait(everyMs, signal)
        // Half of them are in the group by now; the other half end while they join.
        if (round % 2 === 0) for (let s = 0; s < 3 && !(await extra.isReady()); s++) await wait(everyMs, signal)
        retiring.push(fleet.retire(extra))
        extra = undefined
        await wait(everyMs, signal)
      }
    } finally {
      if (extra !== undefined) retiring.push(fleet.retire(extra))
      await Promise.all(retiring)
    }
    return retiring.length > 0
  },
}
