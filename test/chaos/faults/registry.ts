import type { Fault } from '../run/world.ts'
import { between, wait } from './wait.ts'

/** Nobody reaches the registry; a service that starts meanwhile has to try again. */
export const registry: Fault = {
  name: 'registry',
  what: 'the registry is away',
  async act({ cluster, say }, random, signal) {
    const ms = between(random, 3000, 9000)
    say(`registry: away for ${ms} ms`)
    cluster.registry.cut()
    try {
      await wait(ms, signal)
    } finally {
      cluster.registry.restore()
    }
    return true
  },
}
