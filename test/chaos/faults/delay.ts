import { type Fault, oneOf } from '../run/world.ts'
import { between, wait } from './wait.ts'

/** One way to all brokers is slow, in both directions. */
export const delay: Fault = {
  name: 'delay',
  what: 'one way to the brokers is slow',
  async act({ cluster, say }, random, signal) {
    const way = oneOf(random, cluster.ways)
    if (way === undefined) return false
    const [slow, ms] = [between(random, 50, 600), between(random, 3000, 9000)]
    say(`delay: ${way.name} by ${slow} ms each way, for ${ms} ms`)
    for (const proxy of way.proxies) proxy.delay(slow)
    try {
      await wait(ms, signal)
    } finally {
      way.mend()
    }
    return true
  },
}
