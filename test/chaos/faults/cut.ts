import { type Fault, oneOf } from '../run/world.ts'
import { sessionTimeoutMs } from '../services/fleet.ts'
import { between, wait } from './wait.ts'

/** One way to all brokers is cut, or becomes a black hole: shorter or longer than a session. */
export const cut: Fault = {
  name: 'cut',
  what: 'one way to the brokers is cut, or swallows everything',
  async act({ cluster, say }, random, signal) {
    const way = oneOf(random, cluster.ways)
    if (way === undefined) return false
    const ms = between(random, 1000, 2.5 * sessionTimeoutMs)
    const isHole = random.below(2) === 1
    say(`cut: ${way.name} ${isHole ? 'swallows everything' : 'is cut'} for ${ms} ms`)
    for (const proxy of way.proxies) isHole ? proxy.freeze() : proxy.cut()
    try {
      await wait(ms, signal)
    } finally {
      way.mend()
    }
    return true
  },
}
