import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { serveFakeFeed, writeFakeFeed } from './fake-feed.ts'
import type { FakeEvent } from './fake-misp.ts'
import { mispFeed } from './feed.ts'
import {
  domain,
  drain,
  event,
  indicatorSourceContract,
  indicatorsIn,
  uuidOf,
  worldNow,
} from './indicator-source.contract.ts'
import { isLive } from './indicator-source.ts'

const signal = new AbortController().signal
const t = worldNow - 10_000
const newFolder = () => mkdtemp(path.join(tmpdir(), 'vigia-feed-'))
const removed = (folder: string) => rm(folder, { recursive: true, force: true })

/** A feed's publisher writes all events anew each time. */
function publisher(folder: string): (it: FakeEvent) => Promise<void> {
  const events = new Map<string, FakeEvent>()
  return it => writeFakeFeed(folder, [...events.set(it.uuid, it).values()])
}

indicatorSourceContract('a feed in a folder', async () => {
  const folder = await newFolder()
  await writeFakeFeed(folder, [])
  return {
    put: publisher(folder),
    open: () => mispFeed({ name: 'feed', location: folder, eventsPerPage: 2, attributesPerPage: 3 }),
    close: () => removed(folder),
  }
})

indicatorSourceContract('a feed at an address', async () => {
  const folder = await newFolder()
  await writeFakeFeed(folder, [])
  const server = await serveFakeFeed(folder)
  return {
    put: publisher(folder),
    open: () => mispFeed({ name: 'feed', location: `${server.url}/`, eventsPerPage: 2, attributesPerPage: 3 }),
    async close() {
      await server.close()
      await removed(folder)
    },
  }
})

describe('reading a MISP feed', () => {
  let folder: string
  beforeEach(async () => {
    folder = await newFolder()
  })
  afterEach(() => removed(folder))

  const open = (location = folder) => mispFeed({ name: 'feed', location, eventsPerPage: 2, attributesPerPage: 3 })

  it('ignores content that changed under the same timestamp', async () => {
    await writeFakeFeed(folder, [event(1, t, [domain(11, t)])])
    const first = await drain(open())
    await writeFakeFeed(folder, [event(1, t, [domain(11, t, { value: 'silent.net' })])])
    expect(indicatorsIn(await drain(open(), first.at(-1)?.cursor ?? null))).toEqual([])
  })

  it('reads only the event that changed', async () => {
    const events = Array.from({ length: 9 }, (_, n) => event(n, t + n, [domain(10 + n, t)]))
    await writeFakeFeed(folder, events)
    const first = await drain(open())
    await writeFakeFeed(folder, [...events.slice(0, 8), event(8, t + 99, [domain(18, t + 99)])])
    expect(indicatorsIn(await drain(open(), first.at(-1)?.cursor ?? null)).map(it => it.uuid)).toEqual([uuidOf(18)])
  })

  it('loses nothing when the manifest changes in the middle of a round', async () => {
    const events = Array.from({ length: 9 }, (_, n) => event(n, t + n, [domain(10 + n, t)]))
    await writeFakeFeed(folder, events)
    const begun = await drain(open(), null, 2)
    await writeFakeFeed(folder, [
      ...events.slice(1),
      event(0, t + 99, [domain(10, t + 99)]),
      event(20, t - 99, [domain(40, t)]),
    ])
    const rest = await drain(open(), begun.at(-1)?.cursor ?? null)
    const found = indicatorsIn([...begun, ...rest])
    expect(new Set(found.map(it => it.uuid)).size).toBe(10)
    expect(found.filter(it => it.uuid === uuidOf(10)).at(-1)?.timestamp).toBe((t + 99) * 1_000)
    expect(indicatorsIn(await drain(open(), rest.at(-1)?.cursor ?? null))).toEqual([])
  })

  it('reports a broken event file, reads the rest, and reads the file once it is mended', async () => {
    const events = [event(1, t, [domain(11, t)]), event(2, t + 1, [domain(21, t)]), event(3, t + 2, [domain(31, t)])]
    await writeFakeFeed(folder, events)
    await writeFile(path.join(folder, `${uuidOf(1)}.json`), '{"Event":')
    await rm(path.join(folder, `${uuidOf(2)}.json`))
    const pages = await drain(open())
    expect(indicatorsIn(pages).map(it => it.value)).toEqual(['d31.net'])
    expect(pages.flatMap(page => page.problems)).toEqual([
      { file: `${uuidOf(1)}.json`, cause: 'is no JSON' },
      { file: `${uuidOf(2)}.json`, cause: 'ENOENT' },
    ])
    const stuck = await drain(open(), pages.at(-1)?.cursor ?? null)
    expect(stuck.flatMap(page => page.problems)).toHaveLength(2)
    await writeFakeFeed(folder, events)
    const mended = await drain(open(), stuck.at(-1)?.cursor ?? null)
    expect(indicatorsIn(mended).map(it => it.value)).toEqual(['d11.net', 'd21.net'])
    expect(indicatorsIn(await drain(open(), mended.at(-1)?.cursor ?? null))).toEqual([])
  })

  it('reports an attribute that is broken and reads its neighbours', async () => {
    await writeFakeFeed(folder, [event(1, t, [domain(11, t), domain(12, t)])])
    const file = path.join(folder, `${uuidOf(1)}.json`)
    await writeFile(file, (await readFile(file, 'utf8')).replace('"value":"d11.net"', '"value":11'))
    const [page] = await drain(open())
    expect(page?.indicators.map(it => it.value)).toEqual(['d12.net'])
    expect(page?.problems[0]?.cause).toMatch(/^1 attributes cannot be read, the first: value/)
  })

  it('refuses names that lead out of the folder', async () => {
    const inner = path.join(folder, 'inner')
    await writeFakeFeed(inner, [event(1, t, [domain(11, t)])])
    await writeFile(path.join(folder, 'secret.json'), JSON.stringify({ Event: { uuid: uuidOf(5), Attribute: [] } }))
    const manifest = {
      '../secret': { timestamp: t },
      [uuidOf(1)]: { timestamp: t },
      [uuidOf(2)]: { timestamp: 'soon' },
    }
    await writeFile(path.join(inner, 'manifest.json'), JSON.stringify(manifest))
    const [page] = await drain(open(inner))
    expect(page?.indicators.map(it => it.value)).toEqual(['d11.net'])
    expect(page?.problems.map(it => it.cause).join()).toMatch(/"\.\.\/secret" is no uuid,a0000000.*timestamp/)
  })

  it('takes attributes of objects, and those of a deleted object as deleted', async () => {
    await writeFakeFeed(folder, [event(1, t, [domain(11, t)])])
    const member = { uuid: uuidOf(12), type: 'md5', value: 'a'.repeat(32), timestamp: String(t), to_ids: true }
    const objects = [{ Attribute: [member] }, { deleted: true, Attribute: [{ ...member, uuid: uuidOf(13) }] }]
    const file = path.join(folder, `${uuidOf(1)}.json`)
    await writeFile(file, (await readFile(file, 'utf8')).replace('"Object":[]', `"Object":${JSON.stringify(objects)}`))
    const found = indicatorsIn(await drain(open()))
    expect(found.map(it => [it.type, it.deleted])).toEqual([
      ['domain', false],
      ['hash', false],
      ['hash', true],
    ])
  })

  it('asks for a manifest that it has read with its ETag, after a restart too, and for no event then', async () => {
    await writeFakeFeed(folder, [event(1, t, [domain(11, t)])])
    const server = await serveFakeFeed(folder)
    const source = open(server.url)
    const first = await drain(source)
    await drain(source, first.at(-1)?.cursor ?? null)
    await drain(open(server.url), first.at(-1)?.cursor ?? null)
    await server.close()
    expect(server.requests).toEqual([
      'GET /manifest.json 200',
      `GET /${uuidOf(1)}.json 200`,
      'GET /manifest.json 304',
      'GET /manifest.json 304',
    ])
  })

  it.each([
    ['no folder', '/nowhere/at/all', 'VIG_NEIGHBOUR_UNAVAILABLE'],
    ['nothing that listens', 'http://127.0.0.1:9', 'VIG_NEIGHBOUR_UNAVAILABLE'],
  ])('refuses with a code where there is %s', async (_what, location, code) => {
    await expect(open(location).pull(null, signal)).rejects.toMatchObject({ code })
  })

  it('refuses a manifest that is no JSON', async () => {
    await writeFile(path.join(folder, 'manifest.json'), '<html>')
    await expect(open().pull(null, signal)).rejects.toMatchObject({ code: 'VIG_REPLY_INVALID' })
  })

  it('reads an event as MISP 2.5.1 recorded it', async () => {
    const recording = fileURLToPath(new URL('../../test/fixtures/misp/feed-event.json', import.meta.url))
    const [{ response }] = JSON.parse(await readFile(recording, 'utf8'))
    const { uuid, timestamp } = response.body.Event
    await writeFile(path.join(folder, 'manifest.json'), JSON.stringify({ [uuid]: { timestamp: Number(timestamp) } }))
    await writeFile(path.join(folder, `${uuid}.json`), JSON.stringify(response.body))
    const found = indicatorsIn(await drain(open()))
    expect(found.map(it => it.value)).toEqual(expect.arrayContaining(['feed1.example', '203.0.113.50', '10.9.9.9']))
    expect(found[0]).toMatchObject({ orgc: 'FeedOrg', tlp: 'GREEN', published: true, tags: ['tlp:green'] })
  })

  it('reads the feed that tests and demo use', async () => {
    const location = fileURLToPath(new URL('../../test/fixtures/misp-feed', import.meta.url))
    const pages = await drain(mispFeed({ name: 'demo', location }))
    expect(pages.flatMap(page => page.problems)).toEqual([])
    const live = indicatorsIn(pages).filter(isLive)
    expect(
      live.filter(it => it.eventInfo === 'Botnet infrastructure, November').map(it => [it.type, it.value]),
    ).toEqual([
      ['ip', '203.0.113.77'],
      ['domain', 'evil-updates.com'],
      ['hash', '9f2c4d1e6b8a70355c1de84fa2b90c7731d6ea584f0b92c8e17d35a6407bc9f2'],
      ['url', 'http://evil-updates.com/gate.php?id=7'],
      ['fqdn', 'cdn.evil-updates.com'],
      ['ip', '203.0.113.78'],
    ])
    expect(live.map(it => it.tlp)).toEqual(expect.arrayContaining(['GREEN', 'AMBER']))
    expect(
      indicatorsIn(pages)
        .filter(it => it.deleted)
        .map(it => it.value),
    ).toEqual(['203.0.113.79'])
  })
})
