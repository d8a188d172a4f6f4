import { countIn, type Fault, oneOf } from '../run/world.ts'
import { between, wait } from './wait.ts'

/** SIGKILL of a broker, and its restart. With a single one, nothing can be written meanwhile. */
export const broker: Fault = {
  name: 'broker',
  what: 'SIGKILL of a broker, and its restart',
  async act({ cluster, tally, say }, random, signal) {
    const { stack } = cluster
    const node = oneOf(random, stack.nodes) ?? 1
    say(`broker: SIGKILL of node ${node}`)
    await stack.kill(node, 'SIGKILL')
    countIn(tally.kills, 'broker')
    try {
      await wait(between(random, 0, 3000), signal)
    } finally {
      await stack.start(node)
      say(`broker: node ${node} is up again`)
    }
    return true
  },
}
