import { describe, expect, it } from 'vitest'
import { murmur2, partitionOf } from './murmur2.ts'

describe('murmur2', () => {
  // Vectors of Kafka's own UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ])('hashes %s as the Java client does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash)
  })

  it('puts a key into the same partition always, within the bounds', () => {
    for (let i = 0; i < 200; i++) {
      const p = partitionOf(`tenant-${i}`, 6)
      expect(p).toBe(partitionOf(`tenant-${i}`, 6))
      expect(p).toBeGreaterThanOrEqual(0)
      expect(p).toBeLessThan(6)
    }
  })
})
