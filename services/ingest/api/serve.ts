import { type Served, serve } from '../../../adapters/http/server.ts'
import type { Producer } from '../../../runtime/producer.ts'
import { problemBody } from './problem.ts'
import { type ApiOptions, routesOf } from './routes.ts'

export type ServeOptions = ApiOptions & {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** A bug met while a request was answered; the caller got a 500. */
  readonly failed?: (error: unknown) => void
}

/** Architecture, "Sizes": bodies over 2 MB are answered 413. */
const bodyLimit = 2_000_000
const bodiesAtOnce = 256
/** A parsed body is several times as large as its bytes. */
const bytesAtOnce = 32 * 1024 * 1024

/**
 * The HTTP API, for `serves` of a stage. It keeps nothing: an alert is answered once the log has acknowledged its bytes,
 * and not before. Routes: docs/api.md.
 */
export function serveApi(options: ServeOptions): (producer: Producer) => Promise<Served> {
  return producer =>
    serve({
      host: options.host,
      port: options.port,
      routes: routesOf(options, producer),
      bodyLimit,
      bodiesAtOnce,
      bytesAtOnce,
      problem: problemBody,
      failed: options.failed ?? (() => {}),
    })
}
