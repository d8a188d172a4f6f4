import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { FakeEvent } from './fake-misp.ts'

/** Writes events into a folder as a MISP feed, as PyMISP's feed generator does (contract 3.3, reference section 6). */
export async function writeFakeFeed(folder: string, events: readonly FakeEvent[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const event of events) {
    await writeFile(path.join(folder, `${event.uuid}.json`), JSON.stringify({ Event: fileOf(event) }))
  }
  const manifest = Object.fromEntries(events.map(event => [event.uuid, entryOf(event)]))
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest))
}

function entryOf(event: FakeEvent) {
  return {
    info: event.info,
    Orgc: { name: event.orgc },
    analysis: 2,
    timestamp: event.timestamp,
    threat_level_id: 3,
    Tag: tagsOf(event),
  }
}

function fileOf(event: FakeEvent) {
  return {
    uuid: event.uuid,
    info: event.info,
    timestamp: String(event.timestamp),
    publish_timestamp: String(event.publishTimestamp),
    Orgc: { name: event.orgc },
    Tag: tagsOf(event),
    Attribute: event.attributes.map(attribute => ({
      uuid: attribute.uuid,
      type: attribute.type,
      category: 'Network activity',
      value: attribute.value,
      timestamp: String(attribute.timestamp),
      to_ids: attribute.to_ids ?? true,
      deleted: attribute.deleted ?? false,
      comment: attribute.comment ?? '',
      Tag: tagsOf(attribute),
    })),
    Object: [],
  }
}

function tagsOf({ tags }: { readonly tags?: readonly string[] }) {
  return (tags ?? []).map(name => ({ name, colour: '#339900' }))
}

export type FakeFeedServer = {
  readonly url: string
  /** `METHOD /path status` of each request. */
  readonly requests: string[]
  close(): Promise<void>
}

/** Serves a folder over HTTP with ETags, as a web server does a published feed. */
export async function serveFakeFeed(folder: string): Promise<FakeFeedServer> {
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    const file = path.join(folder, path.basename(request.url ?? ''))
    const content = await readFile(file).catch(() => undefined)
    const etag = content === undefined ? '' : `"${createHash('sha256').update(content).digest('hex')}"`
    const status = content === undefined ? 404 : request.headers['if-none-match'] === etag ? 304 : 200
    requests.push(`${request.method} ${request.url} ${status}`)
    response.writeHead(status, content === undefined ? {} : { ETag: etag }).end(status === 200 ? content : undefined)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
