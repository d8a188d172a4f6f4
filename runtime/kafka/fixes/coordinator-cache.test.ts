import { beforeEach, describe, expect, it } from 'vitest'
import { type CoordinatorBroker, type CoordinatorCluster, cacheCoordinators } from './coordinator-cache.ts'

const answer = async () => 'done'
const newBroker = (): CoordinatorBroker => ({
  initProducerId: answer,
  addPartitionsToTxn: answer,
  addOffsetsToTxn: answer,
  txnOffsetCommit: answer,
  endTxn: answer,
  joinGroup: answer,
  syncGroup: answer,
  heartbeat: answer,
  offsetCommit: answer,
  offsetFetch: answer,
})

describe('the memory of coordinators', () => {
  let lookups: number
  let connected: boolean
  const newCluster = (): CoordinatorCluster => ({
    async findGroupCoordinator() {
      lookups++
      return { nodeId: 1, isConnected: () => connected }
    },
    findBroker: async ({ nodeId }) => ({ nodeId, isConnected: () => connected }),
  })
  beforeEach(() => {
    lookups = 0
    connected = true
  })
  const lookUp = async (cluster: CoordinatorCluster, times: number) => {
    for (let time = 0; time < times; time++) await cluster.findGroupCoordinator({ groupId: 'g', coordinatorType: 1 })
  }

  it('looks a coordinator up once; kafkajs looks it up each time', async () => {
    const stock = newCluster()
    await lookUp(stock, 4)
    expect(lookups).toBe(4)
    lookups = 0
    const fixed = newCluster()
    cacheCoordinators(fixed, newBroker())
    await lookUp(fixed, 4)
    expect(lookups).toBe(1)
  })

  it('keeps groups and transactional ids of one name apart', async () => {
    const cluster = newCluster()
    cacheCoordinators(cluster, newBroker())
    await cluster.findGroupCoordinator({ groupId: 'g', coordinatorType: 0 })
    await cluster.findGroupCoordinator({ groupId: 'g', coordinatorType: 1 })
    expect(lookups).toBe(2)
  })

  const stale: readonly [string, Error][] = [
    ['that it is not the coordinator', Object.assign(new Error(), { type: 'NOT_COORDINATOR_FOR_GROUP' })],
    ['that it is loading', Object.assign(new Error(), { type: 'GROUP_LOAD_IN_PROGRESS' })],
    ['nothing: the connection closed', Object.assign(new Error(), { name: 'KafkaJSConnectionClosedError' })],
    ['nothing in time', Object.assign(new Error(), { name: 'KafkaJSRequestTimeoutError' })],
  ]
  it.each(stale)('looks again after a broker has answered %s', async (_, error) => {
    const cluster = newCluster()
    const broker = newBroker()
    broker.endTxn = () => Promise.reject(error)
    cacheCoordinators(cluster, broker)
    await lookUp(cluster, 2)
    await expect(broker.endTxn({})).rejects.toBe(error)
    await lookUp(cluster, 2)
    expect(lookups).toBe(2)
  })

  it('looks again where the broker is not connected, and not after other errors', async () => {
    const cluster = newCluster()
    const broker = newBroker()
    broker.heartbeat = () => Promise.reject(Object.assign(new Error(), { type: 'REBALANCE_IN_PROGRESS' }))
    cacheCoordinators(cluster, broker)
    await lookUp(cluster, 1)
    await broker.heartbeat({}).catch(() => {})
    await lookUp(cluster, 1)
    expect(lookups).toBe(1)
    connected = false
    await lookUp(cluster, 1)
    expect(lookups).toBe(2)
  })
})
