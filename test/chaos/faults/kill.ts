import { countIn, type Fault, oneOf } from '../run/world.ts'
import { between, wait } from './wait.ts'

/** SIGKILL of one instance of any service, at a moment that is in step with nothing. */
export const kill: Fault = {
  name: 'kill',
  what: 'SIGKILL of one instance of any service',
  async act({ fleet, tally, say }, random, signal) {
    // Each service as often as any other: chance alone leaves one out for minutes.
    const killed = (service: string) => tally.kills.get(service) ?? 0
    const least = Math.min(...fleet.instances().map(each => killed(each.service)))
    const chosen = oneOf(
      random,
      fleet.instances().filter(each => killed(each.service) === least),
    )
    if (chosen === undefined) return false
    await wait(between(random, 0, 500), signal)
    if (chosen.pid() === undefined || signal.aborted) return false
    await chosen.kill()
    countIn(tally.kills, chosen.service)
    say(`kill: SIGKILL of ${chosen.name}`)
    return true
  },
}
