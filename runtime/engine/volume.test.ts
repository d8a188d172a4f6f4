import { describe, expect, it } from 'vitest'
import type { OutRecord } from '../log.ts'
import { volume } from './volume.ts'

const record = (topic: string, partition: number, bytes: number): OutRecord => ({
  ...{ topic, partition },
  key: null,
  value: Buffer.alloc(bytes),
})

describe('the volume of a transaction', () => {
  it('is full when one partition has more than the limit, not when all together do', () => {
    const held = volume(1_000)
    held.add([record('a', 0, 800), record('a', 1, 800), record('b', 0, 800)])
    expect(held.isFull()).toBe(false)
    held.add([record('a', 1, 200)])
    expect(held.isFull()).toBe(true)
  })

  it('counts keys, and begins anew when it is cleared', () => {
    const held = volume(1_000)
    held.add([{ topic: 'a', partition: 0, key: Buffer.alloc(990), value: null }])
    expect(held.isFull()).toBe(true)
    held.clear()
    held.add([record('a', 0, 900)])
    expect(held.isFull()).toBe(false)
  })
})
