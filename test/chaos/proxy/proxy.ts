import { connect, createServer, type Socket } from 'node:net'
import { frameScanner, pendingRequests, requestHeaderBytes, responseHeaderBytes } from './frame.ts'
import { type Pipe, pipe, type Weather } from './pipe.ts'

/**
 * A TCP proxy between one client side and one broker, that fails on demand. Our own, since toxiproxy is a binary that a bare machine lacks,
 * and since it does not know Kafka's frames: it can cut a connection, but not at the one moment that matters, when the
 * broker has done what was asked and its answer is on the way.
 *
 * A client comes through it only where the broker advertises the proxy's port, else it goes around it after its first
 * question. Each broker of a cluster has a proxy of its own.
 */
export type BrokerProxy = {
  readonly port: number
  /** Drops all connections, and each new one at once (a reset), until `restore`. */
  cut(): void
  restore(): void
  /** Holds everything for so long, each way; 0 ends it, at once for what is held too. The order stays. */
  delay(ms: number): void
  /** A black hole: connections stand and new ones are accepted, and nothing passes, ends included, until `thaw`. */
  freeze(): void
  thaw(): void
  /**
   * The next `count` requests with this apiKey reach the broker and are answered; the answer is swallowed and its connection
   * closed on both sides. Resolves when that has happened `count` times; rejects when the proxy is closed before.
   */
  dropResponses(apiKey: number, count: number): Promise<void>
  /** What has happened so far; live. */
  readonly stats: Readonly<Stats>
  /** Drops everything and stops listening. */
  close(): Promise<void>
}

export type Stats = {
  /** Connections that stand now. */
  open: number
  accepted: number
  /** New connections dropped while cut, or since the broker did not listen. */
  refused: number
  requests: number
  /** Responses swallowed. */
  dropped: number
  /** To the broker, and back. */
  bytesUp: number
  bytesDown: number
}

export type ProxyOptions = {
  /** Port on 127.0.0.1; absent: any. */
  readonly listen?: number
  readonly target: { readonly host: string; readonly port: number }
}

/** Keys of requests (https://kafka.apache.org/protocol#protocol_api_keys) whose lost answer is worth a test. */
export const apiKeys = { produce: 0, initProducerId: 22, addOffsetsToTxn: 25, endTxn: 26, txnOffsetCommit: 28 } as const

/** `left` are still to be met, `undone` still to be closed upon. */
type Order = { readonly apiKey: number; left: number; undone: number; readonly done: PromiseWithResolvers<void> }
type Line = { readonly pipes: readonly Pipe[]; drop(): void }

/** Listens, and resolves when it does. It does not keep the process alive by itself. */
export async function startProxy({ listen = 0, target }: ProxyOptions): Promise<BrokerProxy> {
  const weather: Weather = { delayMs: 0, isFrozen: false }
  const stats: Stats = { open: 0, accepted: 0, refused: 0, requests: 0, dropped: 0, bytesUp: 0, bytesDown: 0 }
  const lines = new Set<Line>()
  const orders = new Set<Order>()
  let isCut = false

  const orderFor = (apiKey: number | undefined): Order | undefined =>
    [...orders].find(order => order.apiKey === apiKey && order.left > 0)

  const up = (bytes: number) => {
    stats.bytesUp += bytes
  }
  const down = (bytes: number) => {
    stats.bytesDown += bytes
  }

  // Half open: an end passes on like everything else, after what was sent before it.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    client.on('error', () => {})
    // Refused by a reset, not by closing the port: a closed port may be taken by another, or be connected to itself.
    if (isCut) {
      stats.refused += 1
      client.resetAndDestroy()
      return
    }
    stats.accepted += 1
    stats.open += 1
    const broker = connect({ ...target, allowHalfOpen: true, noDelay: true })
    const pending = pendingRequests()
    let dropping: Order | undefined
    let reached = false
    const requests = frameScanner(requestHeaderBytes, header => {
      pending.asked(header)
      stats.requests += 1
      return true
    })
    const responses = frameScanner(responseHeaderBytes, header => {
      dropping = orderFor(pending.answered(header))
      if (dropping !== undefined) dropping.left -= 1
      return dropping === undefined
    })
    const dropped = () => {
      // What was answered before still reaches the client.
      client.destroySoon()
      broker.resetAndDestroy()
      if (dropping === undefined) return
      stats.dropped += 1
      dropping.undone -= 1
      if (dropping.undone > 0) return
      orders.delete(dropping)
      dropping.done.resolve()
    }
    const line: Line = {
      pipes: [
        pipe(client, broker, requests, weather, { passed: up, refused: () => {} }),
        pipe(broker, client, responses, weather, { passed: down, refused: dropped }),
      ],
      drop() {
        client.resetAndDestroy()
        broker.resetAndDestroy()
      },
    }
    lines.add(line)
    broker.once('connect', () => {
      reached = true
    })
    broker.on('error', () => {})
    const closed = (other: Socket) => (hadError: boolean) => {
      if (hadError) other.resetAndDestroy()
      if (other === client && !reached) stats.refused += 1
      if (client.destroyed && broker.destroyed && lines.delete(line)) stats.open -= 1
    }
    client.on('close', closed(broker))
    broker.on('close', closed(client))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen, '127.0.0.1', resolve)
  })
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : listen

  const change = (to: Partial<Weather>) => {
    Object.assign(weather, to)
    for (const line of lines) for (const each of line.pipes) each.flow()
  }
  const dropAll = () => {
    for (const line of [...lines]) line.drop()
  }
  return {
    port,
    stats,
    cut() {
      isCut = true
      dropAll()
    },
    restore() {
      isCut = false
    },
    delay: ms => change({ delayMs: ms }),
    freeze: () => change({ isFrozen: true }),
    thaw: () => change({ isFrozen: false }),
    dropResponses(apiKey, count) {
      const order: Order = { apiKey, left: count, undone: count, done: Promise.withResolvers<void>() }
      // Who does not wait for it is not ended by a proxy that closes.
      order.done.promise.catch(() => {})
      if (count <= 0) order.done.resolve()
      else orders.add(order)
      return order.done.promise
    },
    close() {
      isCut = true
      for (const order of orders) {
        const { apiKey, undone, done } = order
        done.reject(new Error(`closed before ${undone} more responses to apiKey ${apiKey} were dropped`))
      }
      orders.clear()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      dropAll()
      return closed
    },
  }
}
