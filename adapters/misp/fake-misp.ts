import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An attribute as a test or the demo writes it; times in epoch seconds, as in MISP. */
export type FakeAttribute = {
  readonly uuid: string
  readonly type: string
  readonly value: string
  readonly timestamp: number
  readonly to_ids?: boolean
  readonly deleted?: boolean
  readonly comment?: string
  readonly tags?: readonly string[]
}

export type FakeEvent = {
  readonly uuid: string
  readonly info: string
  readonly orgc: string
  readonly timestamp: number
  readonly publishTimestamp: number
  readonly published?: boolean
  readonly tags?: readonly string[]
  readonly attributes: readonly FakeAttribute[]
}

export type FakeRequest = { readonly path: string; readonly accept: string; readonly body: Record<string, unknown> }

export type FakeMisp = {
  readonly url: string
  readonly requests: FakeRequest[]
  /** Adds an event or replaces the one with its uuid; ids are given once to each uuid, as MISP does. */
  put(event: FakeEvent): void
  /** Removes it without a trace, as a hard deletion does. */
  remove(uuid: string): void
  /** Answers the next request so, in place of what it asks for. */
  answerNext(status: number, body: string, headers?: Record<string, string>): void
  close(): Promise<void>
}

const authFailed =
  'Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header.'

/**
 * MISP as far as `mispRestSearch` sees it, written from the contract (1.6) and the measured reference (sections 2, 3 and 4):
 * strings of digits, inclusive timestamps, deleted ones only where asked, `published`, order, offset pages, X-Result-Count
 * one more than the rows of a full page and 1 on an empty one with a limit; 302 for a wrong Accept, 403 for a wrong key.
 * `now` (epoch ms) is the clock that its Date header tells.
 */
export async function startFakeMisp(key: string, now: () => number = Date.now): Promise<FakeMisp> {
  const events = new Map<string, FakeEvent>()
  const ids = new Map<string, number>()
  const requests: FakeRequest[] = []
  const answers: { status: number; body: string; headers: Record<string, string> }[] = []

  function idOf(uuid: string): number {
    const id = ids.get(uuid) ?? ids.size + 1
    ids.set(uuid, id)
    return id
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request)
    const path = request.url ?? ''
    const accept = request.headers.accept ?? ''
    const planned = answers.shift()
    if (planned !== undefined) return send(response, planned.status, planned.body, planned.headers)
    if (accept !== 'application/json') return send(response, 302, '', { Location: '/users/login' })
    if (request.headers.authorization !== key) return refuse(response, 403, authFailed, path)
    const body: unknown = text === '' ? {} : JSON.parse(text)
    if (!isObject(body)) return refuse(response, 400, 'Invalid request', path)
    requests.push({ path, accept, body })
    if (path === '/attributes/restSearch') return sendRows(response, body)
    if (path === '/events/restSearch') return sendEvents(response, body)
    return refuse(response, 404, 'Not Found', path)
  }

  function sendRows(response: ServerResponse, body: Record<string, unknown>): void {
    const [from, to] = range(body.timestamp)
    const deleted = Array.isArray(body.deleted) ? body.deleted.map(Number) : [0]
    const wanted = body.eventid === undefined ? undefined : String(body.eventid)
    const found = [...events.values()]
      .filter(event => wanted === undefined || wanted === event.uuid || wanted === String(idOf(event.uuid)))
      .filter(event => body.published === undefined || Number(body.published) === Number(event.published ?? true))
      .flatMap(event => event.attributes.map(attribute => ({ event, attribute, id: idOf(attribute.uuid) })))
      .filter(({ attribute }) => attribute.timestamp >= from && attribute.timestamp <= to)
      .filter(({ attribute }) => deleted.includes(Number(attribute.deleted ?? false)))
    const orders = (Array.isArray(body.order) ? body.order : [body.order]).map(String)
    const sorted = found.sort((a, b) => {
      const time = orders[0]?.startsWith('Attribute.timestamp') ? a.attribute.timestamp - b.attribute.timestamp : 0
      return time || a.id - b.id
    })
    const { page, limit } = pageOf(body, sorted)
    const count = limit === 0 ? page.length : page.length === limit || page.length === 0 ? page.length + 1 : page.length
    const rows = page.map(({ event, attribute, id }) => rowOf(event, attribute, id, idOf(event.uuid), body))
    send(response, 200, JSON.stringify({ response: { Attribute: rows } }), { 'X-Result-Count': String(count) })
  }

  function sendEvents(response: ServerResponse, body: Record<string, unknown>): void {
    const [from, to] = range(body.publish_timestamp)
    const found = [...events.values()]
      .filter(event => event.publishTimestamp >= from && event.publishTimestamp <= to)
      .filter(event => body.published === undefined || Number(body.published) === Number(event.published ?? true))
      .sort((a, b) => idOf(a.uuid) - idOf(b.uuid))
    const heads = pageOf(body, found).page.map(event => ({ Event: headOf(event, idOf(event.uuid)) }))
    send(response, 200, JSON.stringify({ response: heads }), { 'X-Result-Count': String(found.length) })
  }

  const server = createServer((request, response) => {
    response.setHeader('Date', new Date(now()).toUTCString())
    answer(request, response).catch(error => refuse(response, 500, String(error), request.url ?? ''))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    put(event) {
      idOf(event.uuid)
      for (const attribute of event.attributes) idOf(attribute.uuid)
      events.set(event.uuid, event)
    },
    remove: uuid => void events.delete(uuid),
    answerNext: (status, body, headers = {}) => void answers.push({ status, body, headers }),
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

function rowOf(event: FakeEvent, attribute: FakeAttribute, id: number, eventId: number, body: Record<string, unknown>) {
  const own = (attribute.tags ?? []).map(name => ({ name, local: false }))
  const inherited = body.includeEventTags === undefined ? [] : (event.tags ?? []).map(name => ({ name, inherited: 1 }))
  return {
    id: String(id),
    event_id: String(eventId),
    object_id: '0',
    type: attribute.type,
    category: 'Network activity',
    to_ids: attribute.to_ids ?? true,
    uuid: attribute.uuid,
    timestamp: String(attribute.timestamp),
    distribution: '5',
    comment: attribute.comment ?? '',
    deleted: attribute.deleted ?? false,
    first_seen: null,
    value: attribute.value,
    Event:
      body.includeContext === undefined
        ? { id: String(eventId), info: event.info, uuid: event.uuid }
        : headOf(event, eventId),
    ...(own.length + inherited.length === 0 ? {} : { Tag: [...own, ...inherited] }),
  }
}

function headOf(event: FakeEvent, id: number) {
  return {
    id: String(id),
    info: event.info,
    uuid: event.uuid,
    published: event.published ?? true,
    timestamp: String(event.timestamp),
    publish_timestamp: String(event.publishTimestamp),
    Orgc: { id: '2', name: event.orgc, local: true },
    ...(event.tags === undefined ? {} : { Tag: event.tags.map(name => ({ name, local: false })) }),
  }
}

/** Without a limit, or with 0, everything is sent. */
function pageOf<T>(body: Record<string, unknown>, found: readonly T[]): { page: readonly T[]; limit: number } {
  const limit = Number(body.limit ?? 0)
  const start = (Number(body.page ?? 1) - 1) * limit
  return { page: limit === 0 ? found : found.slice(start, start + limit), limit }
}

function range(value: unknown): readonly [number, number] {
  const [from = 0, to = Number.MAX_SAFE_INTEGER] = (
    Array.isArray(value) ? value : value === undefined ? [] : [value]
  ).map(Number)
  return from <= to ? [from, to] : [to, from]
}

function refuse(response: ServerResponse, status: number, message: string, url: string): void {
  send(response, status, JSON.stringify({ name: message, message, url }), {})
}

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string>): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=UTF-8', ...headers }).end(body)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
