import { describe, expect, it } from 'vitest'
import { topOf } from './profile.ts'

const node = (id: number, functionName: string, url = '', lineNumber = 0) => ({
  id,
  callFrame: { functionName, url, lineNumber },
})

describe('the top of a profile', () => {
  it('adds up self time by function, leaves idle time out, and is cut', () => {
    const profile = {
      nodes: [
        node(1, '(idle)'),
        node(2, 'encode', 'file:///a/encoder.js', 9),
        node(3, 'encode', 'file:///a/encoder.js', 9),
        node(4, '(garbage collector)'),
        node(5, ''),
      ],
      samples: [1, 2, 3, 4, 5],
      timeDeltas: [500, 30, 20, 40, 10],
    }
    expect(topOf(profile, 2)).toEqual([
      { name: 'encode encoder.js:10', share: 0.5 },
      { name: '(garbage collector)', share: 0.4 },
    ])
  })
})
