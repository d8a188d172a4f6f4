import { createHash } from 'node:crypto'
import { VigiaError } from '../../core/errors.ts'
import type { ContentLimits, ContentStore } from './content-store.ts'

/** The store's twin for tests: it forgets with its process. */
export function memoryContentStore({ maxFile, maxTotal }: ContentLimits): ContentStore {
  const kept = new Map<string, Buffer>()
  let total = 0
  return {
    async put(bytes) {
      if (bytes.length > maxFile) {
        throw new VigiaError('VIG_CONTENT_TOO_LARGE', `a file of ${bytes.length} bytes; at most ${maxFile}`)
      }
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (kept.has(sha256)) return sha256
      if (total + bytes.length > maxTotal) throw new VigiaError('VIG_CONTENT_FULL', `at most ${maxTotal} bytes`)
      total += bytes.length
      kept.set(sha256, Buffer.from(bytes))
      return sha256
    },
    has: async sha256 => kept.has(sha256),
    async get(sha256) {
      const bytes = kept.get(sha256)
      return bytes && Buffer.from(bytes)
    },
  }
}
