import { describe, expect, it } from 'vitest'
import { maxSpan } from '../engine/progress.ts'
import { readMark, withMark } from './state-mark.ts'

describe('the mark of the state', () => {
  it.each([
    ['nothing', '', 0],
    ['a bitmap', Buffer.alloc(3_000, 255).toString('base64'), 2 ** 53 - 1],
    ['something that looks like a mark', 'x|state=7', 12],
    ['lines', 'a\nb', 3],
  ])('comes back behind %s, which is left as it was', (_, metadata, reached) => {
    expect(readMark(withMark(metadata, reached))).toEqual({ metadata, reached })
  })

  it('is none where none was written', () => {
    expect(readMark('x')).toEqual({ metadata: 'x', reached: 0 })
  })

  it('fits beside the longest bitmap of finished jobs', () => {
    const bitmap = Buffer.alloc(maxSpan / 8, 255).toString('base64')
    expect(Buffer.byteLength(withMark(bitmap, 2 ** 53 - 1))).toBeLessThanOrEqual(4_096)
  })
})
