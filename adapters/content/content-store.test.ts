import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { contentStoreContract } from './content-store.contract.ts'
import type { ContentLimits } from './content-store.ts'
import { openFolderStore } from './folder-store.ts'
import { memoryContentStore } from './memory-store.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

let now = 1_795_000_000_000
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-content-'))
  folders.push(folder)
  return folder
}
const openedIn = (folder: string, limits: ContentLimits) => openFolderStore({ folder, ...limits, clock: () => now })

contentStoreContract('the memory', async limits => memoryContentStore(limits))
contentStoreContract('a folder', async limits => openedIn(newFolder(), limits))

describe('a folder of contents', () => {
  const limits = { maxFile: 100, maxTotal: 100 }
  const filesIn = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter(e => e.isFile())

  it('has each file two folders deep, for its owner alone, and nothing else', async () => {
    const folder = newFolder()
    const sha256 = await (await openedIn(folder, limits)).put(Buffer.from('abc'))
    const path = join(folder, 'ba', '78', sha256)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(filesIn(folder).map(file => file.name)).toEqual([sha256])
  })

  it('counts what was there before', async () => {
    const folder = newFolder()
    await (await openedIn(folder, limits)).put(Buffer.alloc(60, 1))
    const again = await openedIn(folder, limits)
    await expect(again.put(Buffer.alloc(60, 2))).rejects.toMatchObject({ code: 'VIG_CONTENT_FULL' })
  })

  it('takes files again when somebody made room, which it notices within a minute', async () => {
    const folder = newFolder()
    const store = await openedIn(folder, limits)
    const sha256 = await store.put(Buffer.alloc(60, 1))
    rmSync(join(folder, sha256.slice(0, 2)), { recursive: true })
    await expect(store.put(Buffer.alloc(60, 2))).rejects.toMatchObject({ code: 'VIG_CONTENT_FULL' })
    now += 60_000
    await store.put(Buffer.alloc(60, 2))
  })

  it('tells a file that was changed on the disk, and puts one that was cut short there again', async () => {
    const folder = newFolder()
    const store = await openedIn(folder, limits)
    const sha256 = await store.put(Buffer.from('abc'))
    const path = join(folder, 'ba', '78', sha256)
    writeFileSync(path, 'abd')
    await expect(store.get(sha256)).rejects.toMatchObject({ code: 'VIG_CONTENT_UNAVAILABLE' })
    writeFileSync(path, 'ab')
    await store.put(Buffer.from('abc'))
    expect(await store.get(sha256)).toEqual(Buffer.from('abc'))
  })

  it('removes at its start what a write that was broken off left an hour ago', async () => {
    const folder = newFolder()
    await openedIn(folder, limits)
    const [old, young] = ['old', 'young'].map(name => join(folder, 'incoming', name))
    for (const path of [old, young]) writeFileSync(path ?? '', 'half')
    utimesSync(old ?? '', new Date(now), new Date(now - 3_600_001))
    utimesSync(young ?? '', new Date(now), new Date(now))
    await openedIn(folder, limits)
    expect(filesIn(folder).map(file => file.name)).toEqual(['young'])
  })

  it('is refused at the start where it cannot be a folder', async () => {
    const file = join(newFolder(), 'a-file')
    writeFileSync(file, '')
    await expect(openedIn(file, limits)).rejects.toMatchObject({ code: 'VIG_CONFIG_INVALID' })
  })
})
