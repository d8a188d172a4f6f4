import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Cortex's job directory (contract section 5.2), readable by this user only. Its path is absolute. */
export type JobDirectory = { readonly path: string; readonly cacerts: string | undefined }

const most = { outputBytes: 8 * 1024 * 1024, files: 200, fileBytes: 64 * 1024 * 1024 }

/** Makes `input/input.json`, `input/cacerts` where there are any, and an empty `output/` in a new directory. */
export async function makeJobDirectory(parent: string, input: unknown, cacerts: unknown): Promise<JobDirectory> {
  const path = await mkdtemp(join(resolve(parent), 'vigia-job-'))
  await mkdir(join(path, 'input'), { mode: 0o700 })
  await mkdir(join(path, 'output'), { mode: 0o700 })
  await writeFile(join(path, 'input', 'input.json'), JSON.stringify(input), { mode: 0o600 })
  if (typeof cacerts !== 'string' || cacerts === '') return { path, cacerts: undefined }
  const file = join(path, 'input', 'cacerts')
  await writeFile(file, cacerts, { mode: 0o600 })
  return { path, cacerts: file }
}

/** Removes the directory, also where the neuron took permissions away or a killed process is still being torn down. */
export async function removeJobDirectory(path: string): Promise<void> {
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  try {
    await remove()
  } catch {
    for (const folder of [path, join(path, 'input'), join(path, 'output')]) await chmod(folder, 0o700).catch(() => {})
    await remove()
  }
}

export type Output =
  | { readonly found: 'text'; readonly text: string }
  | { readonly found: 'nothing' }
  | { readonly found: 'refused'; readonly why: string }

/** Reads `output/output.json`, which a neuron may have made a link, a pipe, a folder or very large. */
export async function readOutput(path: string): Promise<Output> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await open(join(path, 'output', 'output.json'), flags).catch((error: NodeJS.ErrnoException) => error)
  if (handle instanceof Error) {
    return handle.code === 'ENOENT'
      ? { found: 'nothing' }
      : { found: 'refused', why: `it cannot be read (${handle.code})` }
  }
  try {
    const { size, isFile } = await handle.stat().then(found => ({ size: found.size, isFile: found.isFile() }))
    if (!isFile) return { found: 'refused', why: 'it is no regular file' }
    if (size > most.outputBytes) return { found: 'refused', why: `it has ${size} bytes, more than ${most.outputBytes}` }
    const text = (await handle.readFile()).toString('utf8').replace(/^\uFEFF/, '')
    return text.trim() === '' ? { found: 'nothing' } : { found: 'text', text }
  } finally {
    await handle.close()
  }
}

/** sha256 of the other regular files that lie directly in `output/`, by name; what is too many or too large is left out. */
export async function outputFiles(path: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(path, 'output')
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = entries.filter(entry => entry.isFile() && entry.name !== 'output.json').map(entry => entry.name)
  const hashes = new Map<string, string>()
  for (const name of names.sort().slice(0, most.files)) {
    try {
      if ((await stat(join(folder, name))).size > most.fileBytes) continue
      const hash = createHash('sha256')
      await pipeline(createReadStream(join(folder, name)), hash)
      hashes.set(name, hash.digest('hex'))
    } catch {
      // It is not readable: then the report cannot name it either.
    }
  }
  return hashes
}
