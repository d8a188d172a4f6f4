import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, VigiaError } from '../../core/errors.ts'
import { type ContentLimits, type ContentStore, isSha256 } from './content-store.ts'

export type FolderOptions = ContentLimits & {
  readonly folder: string
  /** Epoch ms. */
  readonly clock: () => number
}

/** A write that was broken off leaves its part here; after an hour nobody works on it any more. */
const abandonedMs = 3_600_000
/** A full store is looked through again so often at most: somebody may have removed files. */
const countAgainMs = 60_000

/**
 * The store on a disk: `ab/cd/<sha256>`, written aside, synced and renamed, so that a file is there whole or not at all, also
 * after a power cut. The total is counted once at the start and kept up; what other processes write into the same folder
 * counts at their next start, or when this one is full. Rejects with `VIG_CONFIG_INVALID` where the folder cannot be used.
 */
export async function openFolderStore({ folder, maxFile, maxTotal, clock }: FolderOptions): Promise<ContentStore> {
  const incoming = join(folder, 'incoming')
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  /** Equal files that come at once are written once. */
  const writing = new Map<string, Promise<void>>()
  let total: number
  let countedAt = clock()
  try {
    await mkdir(incoming, { recursive: true, mode: 0o700 })
    await removeAbandoned(incoming, clock() - abandonedMs)
    total = await sizeOf(folder)
    await write(join(incoming, randomUUID()), Buffer.from('may this be written?'), rm)
  } catch (error) {
    throw new VigiaError('VIG_CONFIG_INVALID', `VIGIA_CONTENT_DIR: ${messageOf(error)}`, {}, { cause: error })
  }

  async function keep(sha256: string, bytes: Buffer): Promise<void> {
    const path = pathOf(sha256)
    if ((await sizeAt(path)) === bytes.length) return
    if (total + bytes.length > maxTotal && clock() - countedAt >= countAgainMs) {
      countedAt = clock()
      total = await sizeOf(folder)
    }
    if (total + bytes.length > maxTotal) {
      throw new VigiaError('VIG_CONTENT_FULL', `a file of ${bytes.length} bytes beside ${total}; at most ${maxTotal}`)
    }
    total += bytes.length
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await write(join(incoming, randomUUID()), bytes, async temporary => rename(temporary, path))
      await syncFolder(dirname(path))
    } catch (error) {
      total -= bytes.length
      throw error
    }
  }

  return {
    async put(bytes) {
      if (bytes.length > maxFile) {
        throw new VigiaError('VIG_CONTENT_TOO_LARGE', `a file of ${bytes.length} bytes; at most ${maxFile}`)
      }
      const sha256 = hashOf(bytes)
      const work = writing.get(sha256) ?? keep(sha256, bytes).finally(() => writing.delete(sha256))
      writing.set(sha256, work)
      await work.catch(error => {
        throw failure(error)
      })
      return sha256
    },
    async has(sha256) {
      if (!isSha256(sha256)) return false
      try {
        return (await sizeAt(pathOf(sha256))) !== undefined
      } catch (error) {
        throw failure(error)
      }
    },
    async get(sha256) {
      if (!isSha256(sha256)) return undefined
      let bytes: Buffer
      try {
        bytes = await readFile(pathOf(sha256))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw failure(error)
      }
      if (hashOf(bytes) !== sha256) throw new VigiaError('VIG_CONTENT_UNAVAILABLE', `the file ${sha256} was changed`)
      return bytes
    },
  }
}

/** Writes and syncs the file, then does with it what is asked; nothing of it is left where that fails. */
async function write(path: string, bytes: Buffer, then: (path: string) => Promise<void>): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await then(path)
  } catch (error) {
    await rm(path, { force: true }).catch(() => {})
    throw error
  }
}

/** The name of a file is durable only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r')
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}

async function sizeAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (entry.isFile() && isSha256(entry.name)) size += (await sizeAt(join(entry.parentPath, entry.name))) ?? 0
  }
  return size
}

async function removeAbandoned(folder: string, before: number): Promise<void> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && found.mtimeMs < before) await rm(path, { force: true })
  }
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function failure(error: unknown): VigiaError {
  if (error instanceof VigiaError) return error
  const isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '')
  return new VigiaError(isFull ? 'VIG_CONTENT_FULL' : 'VIG_CONTENT_UNAVAILABLE', messageOf(error), {}, { cause: error })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
