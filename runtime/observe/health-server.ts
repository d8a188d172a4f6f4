import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunningService } from '../engine/running-service.ts'
import type { Metrics } from './metrics.ts'

/**
 * `/health/live`: the process can go on. `/health/ready`: all tasks run and the log gave a sign of life within
 * `staleMs`. `/health`: the state in words. `/metrics`: Prometheus.
 */
export type HealthServer = { readonly url: string; close(): Promise<void> }

export type HealthOptions = {
  readonly host: string
  readonly port: number
  readonly staleMs: number
  readonly clock: () => number
  readonly metrics: Metrics
  /** Undefined until the service has started. */
  readonly service: () => RunningService | undefined
}

export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    const service = options.service()
    const state = service?.state() ?? 'starting'
    const isFresh = service !== undefined && options.clock() - service.lastProgress() < options.staleMs
    const isReady = state === 'running' && isFresh
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
    }
    const path = request.url?.split('?')[0]
    if (path === '/metrics')
      response.writeHead(200, { 'content-type': options.metrics.contentType }).end(await options.metrics.text())
    else if (path === '/health/live') answer(state === 'failed' ? 503 : 200, { state })
    else if (path === '/health/ready') answer(isReady ? 200 : 503, { ready: isReady, state, fresh: isFresh })
    else if (path === '/health') answer(200, { state, ready: isReady, tasks: service?.owned() ?? {} })
    else answer(404, { message: 'see /health, /health/live, /health/ready, /metrics' })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
