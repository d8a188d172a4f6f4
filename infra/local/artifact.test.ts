import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cacheFolder, kafkaJars, once } from './artifact.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-cache-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the cache folder', () => {
  it.each([
    [{ VIGIA_CACHE: '/a', XDG_CACHE_HOME: '/b' }, /^\/a$/],
    [{ XDG_CACHE_HOME: '/b' }, /^\/b\/vigia$/],
    [{}, /\/\.cache\/vigia$/],
  ])('with %j is %s', (env, expected) => {
    expect(cacheFolder(env)).toMatch(expected)
  })
})

describe('building a folder once', () => {
  it('leaves one whole folder when two build it at once', async () => {
    const target = join(folder, 'artifact-1')
    let arrived = 0
    let open = () => {}
    const bothBuild = new Promise<void>(resolve => {
      open = resolve
    })
    const build = async (building: string) => {
      arrived += 1
      if (arrived === 2) open()
      await bothBuild
      await writeFile(join(building, 'part'), 'whole')
    }
    expect(await Promise.all([once(target, build), once(target, build)])).toEqual([target, target])
    expect(await readFile(join(target, 'part'), 'utf8')).toBe('whole')
    expect(await readdir(folder)).toEqual(['artifact-1'])
  })

  it('does not build what is there', async () => {
    await once(join(folder, 'artifact'), () => Promise.resolve())
    const again = once(join(folder, 'artifact'), () => Promise.reject(new Error('built twice')))
    await expect(again).resolves.toBe(join(folder, 'artifact'))
  })

  it('leaves nothing when building fails', async () => {
    const failing = once(join(folder, 'artifact'), async building => {
      await writeFile(join(building, 'half'), '')
      throw new Error('no network')
    })
    await expect(failing).rejects.toThrow('no network')
    expect(await readdir(folder)).toEqual([])
  })
})

it('without Maven, fetching is VIG_BROKER_ABSENT that says to install it', async () => {
  const env = { VIGIA_CACHE: folder }
  const said: string[] = []
  await expect(kafkaJars('4.3.1', env, line => said.push(line), 'vigia-has-no-such-maven')).rejects.toMatchObject({
    code: 'VIG_BROKER_ABSENT',
    message: expect.stringContaining('install Maven'),
  })
  expect(said).toEqual([expect.stringContaining('fetching Kafka 4.3.1')])
  expect(await readdir(folder)).toEqual([])
})
