import { describe, expect, it } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import type { PartitionBounds } from '../log.ts'
import { withMark } from './state-mark.ts'
import { readPositions } from './takeover.ts'
import type { Topics } from './topics.ts'

/** What the brokers say of one input and of one state topic, each of one partition. */
type Said = {
  readonly metadata?: string
  readonly input?: PartitionBounds[]
  readonly state?: PartitionBounds[]
  readonly inputs?: readonly string[]
  readonly held?: boolean
}

const ending = (end: number, start = 0): PartitionBounds[] => [{ partition: 0, start, end }]

function found(said: Said): Promise<unknown> {
  const { metadata = withMark('ours', 4), input = ending(9), state = ending(5), inputs = ['in'], held = true } = said
  const topics: Pick<Topics, 'bounds' | 'committedForGood'> = {
    bounds: async topic => (topic === 'state' ? state : input),
    committedForGood: async (_group, topic) => (held ? { topic, offset: 7, metadata } : undefined),
  }
  return readPositions(topics as Topics, { group: 'g', inputs, state: 'state', partition: 0 }).catch(error =>
    isVigiaError(error) ? error.code : error,
  )
}

describe('what a task finds behind its fence', () => {
  it('is its offsets, without the mark, and where its state ends', async () => {
    expect(await found({})).toEqual({
      committed: new Map([['in', { topic: 'in', offset: 7, metadata: 'ours' }]]),
      stateEnd: 5,
    })
  })

  it('is where its state ends, without inputs: the offset of the state topic is there for its mark alone', async () => {
    expect(await found({ inputs: [] })).toEqual({ committed: new Map(), stateEnd: 5 })
  })

  const refusals: readonly [string, Said, string][] = [
    ['an input that ends before the offset', { input: ending(6) }, 'VIG_OFFSET_OUT_OF_RANGE'],
    ['an input that begins behind it', { input: ending(9, 8) }, 'VIG_OFFSET_OUT_OF_RANGE'],
    ['a state that ends before the mark', { state: ending(3) }, 'VIG_STATE_LOST'],
    ['a state without its beginning', { state: ending(5, 1) }, 'VIG_STATE_LOST'],
    ['an input without an offset', { held: false }, 'VIG_OFFSETS_LOST'],
    ['no inputs, and a state that ends before its own mark', { inputs: [], state: ending(3) }, 'VIG_STATE_LOST'],
    ['no inputs, and a state without an offset of its own', { inputs: [], held: false }, 'VIG_OFFSETS_LOST'],
    // The leader is moving: that is no loss, and no empty log.
    ['an input that nobody knows the bounds of now', { input: [] }, 'VIG_LOG_UNAVAILABLE'],
    ['a state that nobody knows the bounds of now', { state: [] }, 'VIG_LOG_UNAVAILABLE'],
  ]
  it.each(refusals)('is refused for %s', async (_, said, code) => {
    expect(await found(said)).toBe(code)
  })
})
