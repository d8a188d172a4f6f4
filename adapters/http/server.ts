import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerUnread, hasBody, readBody } from './body.ts'
import { type Answer, type Handle, match, type Route } from './route.ts'

export type ServerOptions = {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly routes: readonly Route[]
  /** Bytes; a longer body is answered 413. */
  readonly bodyLimit: number
  /** Bodies in memory at the same time; beyond, 503 with Retry-After. */
  readonly bodiesAtOnce: number
  /** The body of an answer that no route gives: 404, 405, 413, 500, 503. */
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

/**
 * A JSON server on node:http. It never answers a redirect: a client that follows one with GET loses its body. Memory is
 * bounded by `bodyLimit` times `bodiesAtOnce`; a sender has 30 s for its whole request.
 */
export async function serve(options: ServerOptions): Promise<Served> {
  let inHand = 0
  let closing = false
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000, keepAliveTimeout: 60_000 })
  const problem = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
    status,
    body: options.problem(status, message),
    headers,
  })
  const later = { 'retry-after': '5' }

  async function withBody(request: IncomingMessage, response: ServerResponse, handle: Handle): Promise<void> {
    if (inHand >= options.bodiesAtOnce)
      return unread(request, response, problem(503, 'Too many requests at once', later))
    inHand++
    try {
      const body = await readBody(request, options.bodyLimit)
      if (body === 'gone') return
      if (body === 'too large') {
        return unread(request, response, problem(413, `The body is larger than ${options.bodyLimit} bytes`))
      }
      send(response, await handle(body), closing)
    } finally {
      inHand--
    }
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
    server.listen(options.port, options.host, resolve)
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
