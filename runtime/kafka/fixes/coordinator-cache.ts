import { upstream } from './upstream.ts'

type Found = { readonly nodeId: number | string; isConnected(): boolean }
type Query = { readonly groupId: string; readonly coordinatorType?: number }
type Send = (request: unknown) => Promise<unknown>

export type CoordinatorCluster = {
  findGroupCoordinator(query: Query): Promise<Found>
  findBroker(node: { nodeId: number | string }): Promise<Found>
}
export type CoordinatorBroker = Record<(typeof asked)[number], Send>

const asked = [
  ...(['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'] as const),
  ...(['joinGroup', 'syncGroup', 'heartbeat', 'offsetCommit', 'offsetFetch'] as const),
] as const

const moved = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS'])

const isStale = (error: unknown): boolean =>
  error instanceof Error &&
  (('type' in error && typeof error.type === 'string' && moved.has(error.type)) ||
    /Connection|RequestTimeout/.test(error.name))

/** Entries of an earlier epoch count no more. */
let epoch = 0

/** For requests that kafkajs does not know: one of them failed. */
export function forgetCoordinators(): void {
  epoch++
}

/**
 * Remembers, for each connection to the cluster, who coordinates a group or a transactional id. kafkajs asks again before each request:
 * four times in a transaction. Any sign that a coordinator moved forgets all of them.
 */
export function cacheCoordinators(cluster: CoordinatorCluster, broker: CoordinatorBroker): void {
  const caches = new WeakMap<CoordinatorCluster, Map<string, { nodeId: number | string; epoch: number }>>()
  const find = cluster.findGroupCoordinator
  cluster.findGroupCoordinator = async function (this: CoordinatorCluster, query) {
    const cache = caches.get(this) ?? new Map()
    caches.set(this, cache)
    const key = `${query.coordinatorType ?? 0}:${query.groupId}`
    const known = cache.get(key)
    if (known?.epoch === epoch) {
      const connected = await this.findBroker({ nodeId: known.nodeId }).catch(() => undefined)
      if (connected?.isConnected()) return connected
    }
    const at = epoch
    const found = await find.call(this, query)
    cache.set(key, { nodeId: found.nodeId, epoch: at })
    return found
  }
  for (const method of asked) {
    const send = broker[method]
    broker[method] = async function (this: unknown, request: unknown): Promise<unknown> {
      try {
        return await send.call(this, request)
      } catch (error) {
        if (isStale(error)) epoch++
        throw error
      }
    }
  }
}

export function fixCoordinatorLookups(): void {
  cacheCoordinators(
    upstream<{ prototype: CoordinatorCluster }>('cluster/index.js').prototype,
    upstream<{ prototype: CoordinatorBroker }>('broker/index.js').prototype,
  )
}
