import { countIn, type Fault, oneOf } from '../run/world.ts'
import { wait } from './wait.ts'

/** What the brokers look for preferred leaders at, and a little more. */
const backWithinMs = 7000

/**
 * Every leader and coordinator of one node moves: away in an orderly way (SIGTERM hands them over), and back to it once
 * it is up, by the election of preferred leaders that the cluster makes every five seconds.
 */
export const leaders: Fault = {
  name: 'leaders',
  what: 'leaders and coordinators move away from a broker and back',
  leastNodes: 2,
  async act({ cluster, tally, say }, random, signal) {
    const { stack } = cluster
    const node = oneOf(random, stack.nodes) ?? 1
    say(`leaders: those of node ${node} move away`)
    await stack.kill(node, 'SIGTERM')
    await stack.start(node)
    say(`leaders: those of node ${node} move back`)
    countIn(tally.faults, 'leader moves')
    await wait(backWithinMs, signal)
    return true
  },
}
