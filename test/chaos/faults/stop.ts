import { type Fault, oneOf } from '../run/world.ts'
import { sessionTimeoutMs } from '../services/fleet.ts'
import { between, wait } from './wait.ts'

/**
 * SIGSTOP of an instance that has a rival, past the session timeout, and SIGCONT: it goes on in the middle of what it did, while
 * its tasks are another's.
 */
export const stop: Fault = {
  name: 'stop',
  what: 'SIGSTOP past the session timeout, and SIGCONT',
  async act({ fleet, tally, say }, random, signal) {
    const live = fleet.instances().filter(each => each.pid() !== undefined && !each.isFrozen())
    const chosen = oneOf(
      random,
      live.filter(each => live.some(other => other !== each && other.service === each.service)),
    )
    const pid = chosen?.freeze()
    if (chosen === undefined || pid === undefined) return false
    const ms = sessionTimeoutMs + between(random, 1500, 4000)
    say(`stop: SIGSTOP of ${chosen.name} for ${ms} ms`)
    try {
      await wait(ms, signal)
      const hasRival = fleet.instances().some(each => each !== chosen && each.service === chosen.service)
      // One that was killed while it slept, or woken early, was no zombie.
      const isZombie = !signal.aborted && hasRival && chosen.pid() === pid
      if (isZombie) tally.zombies += 1
      return isZombie
    } finally {
      if (chosen.pid() === pid) chosen.thaw()
    }
  },
}
