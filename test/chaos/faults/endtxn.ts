import { apiKeys } from '../proxy/proxy.ts'
import { countIn, type Fault, oneOf } from '../run/world.ts'
import { between, wait } from './wait.ts'

const mostMs = 8000

/** The broker ends transactions and its answers are lost: the task cannot know whether they were committed. */
export const endTxn: Fault = {
  name: 'endtxn',
  async act({ cluster, tally, say }, random, signal) {
    const way = oneOf(random, cluster.ways)
    if (way === undefined) return
    const count = between(random, 1, 4)
    say(`endtxn: ${way.name} loses the next ${count} answers to EndTxn of each broker`)
    const dropped = () => way.proxies.reduce((sum, proxy) => sum + proxy.stats.dropped, 0)
    const before = dropped()
    const all = Promise.allSettled(way.proxies.map(proxy => proxy.dropResponses(apiKeys.endTxn, count)))
    await Promise.race([all, wait(mostMs, signal)])
    for (let lost = dropped() - before; lost > 0; lost--) countIn(tally.faults, 'answers to EndTxn lost')
  },
}
