import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { runZombieRounds, type ZombieResult } from '../zombie/rounds.ts'
import type { Fault } from './member.ts'

/** The window in which the harm is done: the zombie has written its records, and gives its offsets and commits while its heir restores. */
const shape = { at: 'written', restored: false, wake: 'in-window', deaf: true, records: 20 } as const

function forced(fault: Fault): Promise<ZombieResult> {
  const main = fileURLToPath(new URL('./worker-main.ts', import.meta.url))
  return runZombieRounds({ brokers: inject('brokers').split(','), seed: 1, rounds: 2, control: { main, fault, shape } })
}

describe('negative controls: the same window, the same count', () => {
  it.each(['offsets-first', 'random-ids'] as const)('%s doubles what the zombie had in hand', async fault => {
    const { rounds, doubled, lost, fencedSeen } = await forced(fault)
    expect(rounds).toBeGreaterThan(0)
    expect(doubled).toBeGreaterThan(0)
    expect(lost).toBe(0)
    expect(fencedSeen).toBe(0)
  })

  it('the right order, in the same member: nothing is doubled', async () => {
    const { rounds, doubled, lost, fencedSeen, findings } = await forced('none')
    expect(findings).toEqual([])
    expect({ rounds, doubled, lost, fencedSeen }).toEqual({ rounds: 2, doubled: 0, lost: 0, fencedSeen: 2 })
  })
})
