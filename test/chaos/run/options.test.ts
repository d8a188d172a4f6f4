import { describe, expect, it } from 'vitest'
import { allFaults } from '../faults/all.ts'
import { readOptions, usageOf } from './options.ts'

const known = [
  { name: 'kill', what: 'kills' },
  { name: 'leaders', what: 'moves leaders', leastNodes: 2 },
]

describe('the options', () => {
  it('ask for all faults that so many brokers allow, where none is named', () => {
    expect(readOptions([], known)).toMatchObject({ minutes: 10, brokers: 1, faults: ['kill'] })
    expect(readOptions(['--brokers', '3'], known)).toMatchObject({ faults: ['kill', 'leaders'] })
    expect(readOptions(['--faults', ' kill,'], known)).toMatchObject({ faults: ['kill'] })
  })

  it.each([
    [['--faults', ''], '--faults names none; there are kill, leaders'],
    [['--faults', 'kil'], 'no such fault: kil; there are kill, leaders'],
    [['--faults', 'kill,leaders'], '--faults leaders needs at least 2 brokers: --brokers 3'],
    [
      ['--minutes', '0', '--seed', 'x', '--brokers', '2', '--rate', '-'],
      '--minutes is a number above 0\n--seed is a whole number\n--brokers is 1 or 3\n--rate is a number above 0',
    ],
  ])('%j are refused', (args, why) => {
    expect(() => readOptions(args, known)).toThrow(why)
  })

  it('explain themselves and every fault', () => {
    const usage = usageOf(allFaults)
    for (const { name, what } of allFaults) expect(usage).toMatch(new RegExp(`^  ${name} +${what}`, 'm'))
    expect(readOptions(['--help'], known).help).toBe(true)
  })
})
