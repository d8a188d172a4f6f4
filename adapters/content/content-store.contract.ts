import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ContentLimits, ContentStore } from './content-store.ts'

/** What every content store promises. */
export function contentStoreContract(name: string, opened: (limits: ContentLimits) => Promise<ContentStore>): void {
  describe(`${name}, as a content store`, () => {
    const limits = { maxFile: 1000, maxTotal: 2500 }
    const absent = '0'.repeat(64)

    it.each([
      ['text', Buffer.from('ñ')],
      ['any bytes', Buffer.from([0, 255, 13, 10, 0])],
      ['nothing', Buffer.alloc(0)],
      ['as many bytes as a file may have', randomBytes(1000)],
    ])('gives back %s under its sha256', async (_, bytes) => {
      const store = await opened(limits)
      const sha256 = await store.put(bytes)
      expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      expect(await store.has(sha256)).toBe(true)
      expect(await store.get(sha256)).toEqual(bytes)
    })

    it('keeps equal bytes once, however often and at once they come', async () => {
      const store = await opened(limits)
      const bytes = randomBytes(900)
      const all = await Promise.all(Array.from({ length: 20 }, () => store.put(bytes)))
      expect(new Set(all).size).toBe(1)
      await store.put(bytes)
      // Had they been counted more than once, there would be no room for this one.
      await store.put(randomBytes(1000))
    })

    it('has nothing of what was not put, under any name', async () => {
      const store = await opened(limits)
      for (const name of [absent, '', '..', '../../etc/passwd', 'A'.repeat(64), `${absent}/x`]) {
        expect(await store.has(name)).toBe(false)
        expect(await store.get(name)).toBeUndefined()
      }
    })

    it('refuses a file that is too large, and keeps nothing of it', async () => {
      const store = await opened(limits)
      const bytes = randomBytes(1001)
      await expect(store.put(bytes)).rejects.toMatchObject({ code: 'VIG_CONTENT_TOO_LARGE' })
      expect(await store.has(createHash('sha256').update(bytes).digest('hex'))).toBe(false)
    })

    it('refuses what goes beyond the total, and still takes what fits, or what it has', async () => {
      const store = await opened(limits)
      const first = randomBytes(1000)
      await store.put(first)
      await store.put(randomBytes(1000))
      const bytes = randomBytes(501)
      await expect(store.put(bytes)).rejects.toMatchObject({ code: 'VIG_CONTENT_FULL' })
      expect(await store.has(createHash('sha256').update(bytes).digest('hex'))).toBe(false)
      await store.put(first)
      await store.put(randomBytes(500))
    })
  })
}
