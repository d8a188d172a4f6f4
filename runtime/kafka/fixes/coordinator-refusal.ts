import { upstream } from './upstream.ts'

type Query = { readonly groupId: string; readonly coordinatorType?: number }
export type Finder = { findGroupCoordinator(query: Query): Promise<unknown> }

const isRefusal = (error: unknown): error is Error =>
  error instanceof Error &&
  'type' in error &&
  /^(GROUP|TRANSACTIONAL_ID)_AUTHORIZATION_FAILED$/.test(String(error.type))

/**
 * Says that a right is missing. kafkajs asks every broker who coordinates a group or a transactional id, drops what they answer, and tells only
 * that it found none, which it then tries for half a minute.
 */
export function tellRefusals(cluster: Finder, broker: Finder): void {
  const refusals = new Map<string, Error>()
  const keyOf = ({ groupId, coordinatorType }: Query) => `${coordinatorType ?? 0}:${groupId}`
  const ask = broker.findGroupCoordinator
  broker.findGroupCoordinator = async function (this: Finder, query) {
    try {
      return await ask.call(this, query)
    } catch (error) {
      if (isRefusal(error)) refusals.set(keyOf(query), error)
      throw error
    }
  }
  const find = cluster.findGroupCoordinator
  cluster.findGroupCoordinator = async function (this: Finder, query) {
    try {
      return await find.call(this, query)
    } catch (error) {
      throw refusals.get(keyOf(query)) ?? error
    } finally {
      refusals.delete(keyOf(query))
    }
  }
}

export function fixCoordinatorRefusals(): void {
  tellRefusals(
    upstream<{ prototype: Finder }>('cluster/index.js').prototype,
    upstream<{ prototype: Finder }>('broker/index.js').prototype,
  )
}
