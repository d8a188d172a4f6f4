import { describe, expect, inject, it } from 'vitest'
import { runZombieRounds } from './rounds.ts'

describe('a zombie with three inputs, in the window between the new owner’s fence and its first commit', () => {
  it('changes nothing: every record of every input is copied once, in order', { timeout: 180_000 }, async () => {
    const told: string[] = []
    const result = await runZombieRounds({
      brokers: inject('brokers').split(','),
      seed: 1,
      rounds: 5,
      onRound: ({ round, outcome, shape, ms, why = '' }) => {
        told.push(outcome)
        console.log(`zombie round ${round}: ${outcome} ${why} at ${shape.at}, ${shape.wake}, ${ms} ms`)
      },
    })
    expect(result.findings).toEqual([])
    expect(result).toMatchObject({ lost: 0, doubled: 0, rounds: 5, fencedSeen: 5 })
    expect(result.outputs).toBe(result.inputs)
  })
})
