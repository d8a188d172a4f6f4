import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { serveFakeFeed, writeFakeFeed } from '../../adapters/misp/fake-feed.ts'
import type { FakeEvent } from '../../adapters/misp/fake-misp.ts'
import { topics } from '../../schemas/catalogue.ts'
import { repeatedIds, valuesOf } from './evidence.ts'
import { folderWith } from './folder.ts'
import { startRealChain } from './real-chain.ts'
import { until } from './until.ts'

const events = 400
const attributesEach = 5
/** As `mispFeed` has it unless told. */
const eventsPerPage = 20
const pagesBefore = 6
const digits = (n: number) => String(n).padStart(12, '0')

function eventOf(n: number): FakeEvent {
  const at = Math.floor(Date.now() / 1000) - 1000 + n
  return {
    ...{ uuid: `00000000-0000-4000-8000-${digits(n)}`, info: `event ${n}`, orgc: 'a test' },
    ...{ timestamp: at, publishTimestamp: at, published: true },
    attributes: Array.from({ length: attributesEach }, (_, index) => ({
      uuid: `00000000-0000-4000-9000-${digits(n * attributesEach + index)}`,
      ...{ type: 'domain', value: `host-${n}-${index}.example.com`, timestamp: at, to_ids: true },
    })),
  }
}

/** A feed that falls silent when so many events have been asked for, until it is let go on. */
async function silentAfter(feed: string, limit: number) {
  const asked: string[] = []
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const file = request.url ?? ''
    if (file !== '/manifest.json') asked.push(file)
    if (asked.length > limit) await released
    const answer = await fetch(feed + file)
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    release,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

describe('feed-resumes', () => {
  const left: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const leave of left.splice(0).reverse()) await leave()
  })

  it('misp-sync, killed in the middle of a feed, goes on: each indicator once, none missing', async () => {
    const folder = await folderWith(() => ({}))
    left.push(folder.remove)
    const all = Array.from({ length: events }, (_, n) => eventOf(n))
    await writeFakeFeed(`${folder.path}/feed`, all)
    const whole = await serveFakeFeed(`${folder.path}/feed`)
    left.push(whole.close)
    const feed = await silentAfter(whole.url, pagesBefore * eventsPerPage + 7)
    left.push(feed.close)
    await writeFile(`${folder.path}/indicators.yaml`, `sources: [{ name: feed, feed: "${feed.url}" }]\n`)
    const chain = await startRealChain({
      env: { VIGIA_INDICATORS: `${folder.path}/indicators.yaml`, VIGIA_PULL_EVERY_S: '1' },
      instances: { ingest: 0, 'case-builder': 0, 'analyzer-dispatcher': 0, responder: 0 },
    })
    left.push(chain.stop)
    const uuids = async () =>
      (await valuesOf(chain, topics.indicators)).flatMap(each =>
        each.kind === 'indicator' ? [each.indicator.uuid] : [],
      )
    const reached = (count: number) => async () => ((await uuids()).length >= count ? true : undefined)

    const before = pagesBefore * eventsPerPage
    await until('pages before the silence', reached(before * attributesEach))
    await chain.kill('misp-sync')
    const again = feed.asked.length
    feed.release()

    const expected = all.flatMap(each => each.attributes.map(attribute => attribute.uuid))
    await until('last indicator', reached(expected.length))
    expect(await uuids()).toHaveLength(expected.length)
    expect((await uuids()).sort()).toEqual(expected.sort())
    expect(await repeatedIds(chain)).toEqual([])
    const recorded = new Set(all.slice(0, before).map(each => `/${each.uuid}.json`))
    expect(feed.asked.slice(again).filter(file => recorded.has(file))).toEqual([])
  }, 120_000)
})
