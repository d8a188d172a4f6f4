import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { followLedger, type Place } from './follow.ts'
import { type LedgerMetrics, ledgerMetrics } from './ledger-metrics.ts'
import type { Ledger } from './outcome.ts'
import { type SourceFacts, sourceBook } from './sources.ts'

export type WatchOptions = {
  readonly everyMs: number
  readonly clock: () => number
  readonly signal: AbortSignal
  readonly onRead?: (read: number, most: number) => void
  /** After each round. */
  readonly tell: (ledger: Ledger, sources: readonly SourceFacts[]) => void
}

/**
 * Keeps the account up to date until the signal aborts: the topics are read once, and then only what is new. Memory is
 * bounded by what has no outcome. Rejects as `Log.read` does.
 */
export async function watchLedger(place: Place, options: WatchOptions): Promise<void> {
  const { everyMs, clock, signal, onRead, tell } = options
  const book = sourceBook()
  const following = followLedger(place, { remembers: 'open', see: book.see, ...(onRead && { onRead }) })
  while (!signal.aborted) {
    await following.round()
    tell(following.account.ledger(), book.list(clock()))
    await sleep(everyMs, undefined, { signal }).catch(() => {})
  }
}

export type LedgerExporter = {
  readonly url: string
  readonly set: LedgerMetrics['set']
  close(): Promise<void>
}

/** `/metrics` for Prometheus, 503 until the topics were read once. Port 0: any that is free. */
export async function serveLedger(host: string, port: number): Promise<LedgerExporter> {
  const metrics = ledgerMetrics()
  let isRead = false
  const server = createServer(async (request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') response.writeHead(404).end('see /metrics\n')
    else if (!isRead) response.writeHead(503, { 'retry-after': '5' }).end('the topics are being read\n')
    else response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/metrics`,
    set(...given) {
      isRead = true
      metrics.set(...given)
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
