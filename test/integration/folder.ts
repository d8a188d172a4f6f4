import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type Folder = { readonly path: string; remove(): Promise<void> }

/** A folder for one test, with files by their paths in it; they are told where it is. */
export async function folderWith(files: (path: string) => Readonly<Record<string, string>>): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'vigia-it-'))
  await writeFiles(path, files(path))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Files by their paths in `folder`, which need not be there yet. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}
