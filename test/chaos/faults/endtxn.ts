import { apiKeys } from '../proxy/proxy.ts'
import { countIn, type Fault, oneOf } from '../run/world.ts'
import { between, wait } from './wait.ts'

const mostMs = 8000

/** The broker ends transactions and its answers are lost: the task cannot know whether they were committed. */
export const endTxn: Fault = {
  name: 'endtxn',
  what: 'the answers to EndTxn are lost',
  async act({ cluster, tally, say }, random, signal) {
    const way = oneOf(random, cluster.ways)
    if (way === undefined) return false
    const count = between(random, 1, 4)
    say(`endtxn: ${way.name} loses the next ${count} answers to EndTxn of each broker`)
    const dropped = () => way.proxies.reduce((sum, proxy) => sum + proxy.stats.dropped, 0)
    const before = dropped()
    const all = Promise.allSettled(way.proxies.map(proxy => proxy.dropResponses(apiKeys.endTxn, count)))
    await Promise.race([all, wait(mostMs, signal)])
    const lost = dropped() - before
    for (let one = 0; one < lost; one++) countIn(tally.faults, 'answers to EndTxn lost')
    return lost > 0
  },
}
