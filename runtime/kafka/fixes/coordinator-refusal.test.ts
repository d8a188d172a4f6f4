import { describe, expect, it } from 'vitest'
import { type Finder, tellRefusals } from './coordinator-refusal.ts'

const refusal = (type: string) => Object.assign(new Error(`not authorized: ${type}`), { type })

/** As kafkajs does it: whatever the broker answers, no coordinator was found. */
function stock(answer: () => Promise<unknown>): { readonly cluster: Finder; readonly broker: Finder } {
  const broker: Finder = { findGroupCoordinator: answer }
  const cluster: Finder = {
    findGroupCoordinator: query =>
      broker.findGroupCoordinator(query).catch(() => Promise.reject(new Error('Failed to find group coordinator'))),
  }
  return { cluster, broker }
}

describe('a coordinator that may not be asked for', () => {
  it.each(['GROUP_AUTHORIZATION_FAILED', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'])('is told as %s', async type => {
    const { cluster, broker } = stock(() => Promise.reject(refusal(type)))
    await expect(cluster.findGroupCoordinator({ groupId: 'g' })).rejects.toThrow('Failed to find')
    tellRefusals(cluster, broker)
    await expect(cluster.findGroupCoordinator({ groupId: 'g' })).rejects.toMatchObject({ type })
  })

  it('is not told of one that was only not found, nor of the next question', async () => {
    let answer: () => Promise<unknown> = () => Promise.reject(refusal('GROUP_AUTHORIZATION_FAILED'))
    const { cluster, broker } = stock(() => answer())
    tellRefusals(cluster, broker)
    await expect(cluster.findGroupCoordinator({ groupId: 'g' })).rejects.toThrow('not authorized')
    answer = () => Promise.reject(refusal('GROUP_COORDINATOR_NOT_AVAILABLE'))
    await expect(cluster.findGroupCoordinator({ groupId: 'g' })).rejects.toThrow('Failed to find')
    answer = async () => 'found'
    expect(await cluster.findGroupCoordinator({ groupId: 'g' })).toBe('found')
  })
})
