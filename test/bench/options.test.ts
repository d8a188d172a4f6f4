import { describe, expect, it } from 'vitest'
import { optionsFrom } from './options.ts'

const known = ['bare', 'streams', 'identity']

describe('the arguments of the benchmark', () => {
  it.each([
    ['nothing: all items, three times', [], { only: known, repetitions: 3, quick: false, json: false, check: false }],
    ['some items, in the order of the table', ['--only', 'identity, bare'], { only: ['bare', 'identity'] }],
    ['quick: once', ['--quick'], { quick: true, repetitions: 1 }],
    ['quick, but as often as is asked', ['--quick', '--reps', '5'], { quick: true, repetitions: 5 }],
    ['the rest', ['--json', '--check', '--profile', 'out'], { json: true, check: true, profile: 'out' }],
  ])('may be %s', (_what, args, expected) => {
    expect(optionsFrom(args, known)).toMatchObject(expected)
  })

  it.each([
    ['an item that there is not', ['--only', 'bare,nine'], 'no such item: nine; there are bare, streams, identity'],
    ['no number', ['--reps', 'many'], '--reps is a whole number from 1 on'],
    ['too few', ['--reps', '0'], '--reps is a whole number from 1 on'],
    ['an unknown flag', ['--fast'], "Unknown option '--fast'"],
    ['a word', ['bare'], 'Unexpected argument'],
  ])('may not be %s', (_what, args, message) => {
    expect(() => optionsFrom(args, known)).toThrow(message)
  })
})
