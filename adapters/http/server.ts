import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerUnread, hasBody, readBody } from './body.ts'
import { byteBudget, type Held } from './byte-budget.ts'
import { fewATurn } from './few-a-turn.ts'
import { inflated, packingOf } from './inflate.ts'
import { type Answer, type Handle, match, type Route } from './route.ts'

export type ServerOptions = {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly routes: readonly Route[]
  /** Bytes; a longer body is answered 413, one that is longer unpacked too. */
  readonly bodyLimit: number
  /** Bodies in memory at the same time, and their bytes; beyond, 503 with Retry-After. */
  readonly bodiesAtOnce: number
  readonly bytesAtOnce: number
  /** The body of an answer that no route gives: 400 (a broken gzip), 404, 405, 413, 415, 500, 503. */
  problem(status: number, message: string): unknown
  /** What a handler threw; the caller gets a 500 that says nothing of it. */
  failed(error: unknown): void
}

export type Served = {
  readonly address: string
  /** Takes no new request, waits for those in hand, at most 10 s. */
  close(): Promise<void>
}

const closingMs = 10_000
/** Beyond, new ones are closed at once: each costs memory before it has said anything. */
const connectionsAtOnce = 4_000
const begunATurn = 2
/** Connections that wait to be accepted; beyond, a sender's system tries again by itself, after a second or more. */
const backlog = 1_024

/**
 * A JSON server on node:http. It never answers a redirect: a client that follows one with GET loses its body. Memory is
 * bounded by `bytesAtOnce` and `bodiesAtOnce`; a sender has 30 s for its whole request. Bodies may be packed with gzip.
 */
export async function serve(options: ServerOptions): Promise<Served> {
  let inHand = 0
  const budget = byteBudget(options.bytesAtOnce)
  const turn = fewATurn(begunATurn)
  let closing = false
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000, keepAliveTimeout: 60_000 })
  server.maxConnections = connectionsAtOnce
  const problem = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
    status,
    body: options.problem(status, message),
    headers,
  })
  const busy = problem(503, 'Too many requests at once', { 'retry-after': '5' })
  const tooLarge = problem(413, `The body is larger than ${options.bodyLimit} bytes`)

  async function withBody(request: IncomingMessage, response: ServerResponse, handle: Handle): Promise<void> {
    const packing = packingOf(request.headers['content-encoding'])
    if (packing === 'unknown') {
      return unread(
        request,
        response,
        problem(415, 'Bodies may be packed with gzip only', { 'accept-encoding': 'gzip' }),
      )
    }
    if (inHand >= options.bodiesAtOnce) return unread(request, response, busy)
    const held = budget.open()
    inHand++
    try {
      const body = await readBody(request, options.bodyLimit, held)
      if (body === 'gone') return
      if (!Buffer.isBuffer(body)) return unread(request, response, body === 'no room' ? busy : tooLarge)
      await turn()
      const plain = packing === 'gzip' ? await unpacked(body, held) : body
      send(response, Buffer.isBuffer(plain) ? await handle(plain) : plain, closing)
    } finally {
      held.release()
      inHand--
    }
  }

  /** How long it gets is not known before: room for the longest is held. */
  async function unpacked(body: Buffer, held: Held): Promise<Buffer | Answer> {
    if (!held.take(options.bodyLimit)) return busy
    const plain = await inflated(body, options.bodyLimit)
    if (plain === 'too large') return tooLarge
    return plain === 'broken' ? problem(400, 'The body is not whole gzip, as its Content-Encoding says') : plain
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = match(options.routes, request.method ?? '', request.url ?? '', request.headers)
    if (found.route === undefined) {
      const missing =
        found.allow.length === 0
          ? problem(404, `There is no ${found.path}`)
          : problem(405, `${request.method} is not for ${found.path}`, { allow: found.allow.join(', ') })
      return unread(request, response, missing)
    }
    const opened = found.route.open(found.head)
    return typeof opened === 'function' ? withBody(request, response, opened) : unread(request, response, opened)
  }

  function unread(request: IncomingMessage, response: ServerResponse, given: Answer): void {
    if (hasBody(request)) answerUnread(request, response, () => write(response, given, true))
    else send(response, given, closing)
  }

  server.on('request', (request, response) => {
    // A sender that goes away while it is answered: nothing is owed to it any more.
    response.on('error', () => {})
    answer(request, response).catch((error: unknown) => {
      options.failed(error)
      if (!response.headersSent) send(response, problem(500, 'Internal error'), true)
    })
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port, host: options.host, backlog }, resolve)
  })
  const { address, port, family } = server.address() as AddressInfo
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close() {
      closing = true
      const late = setTimeout(() => server.closeAllConnections(), closingMs)
      return new Promise(resolve => {
        server.close(() => {
          clearTimeout(late)
          resolve()
        })
        server.closeIdleConnections()
      })
    },
  }
}

function send(response: ServerResponse, answer: Answer, last: boolean): void {
  write(response, answer, last)
  response.end()
}

function write(response: ServerResponse, answer: Answer, last: boolean): void {
  const bytes = Buffer.from(JSON.stringify(answer.body))
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...(last ? { connection: 'close' } : {}),
    ...answer.headers,
  })
  response.write(bytes)
}
