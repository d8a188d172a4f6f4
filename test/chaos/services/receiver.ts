import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../../runtime/memory/random.ts'

/**
 * Whoever is told: counts every call as soon as it is there, thinks about it for up to two seconds, and now and then
 * hangs up instead of answering. So calls are in hand when their caller is killed, and some have an outcome that nobody knows.
 */
export type Receiver = {
  readonly url: string
  /** How often each `Idempotency-Key` arrived: more than once is a repeated effect. */
  counts(): ReadonlyMap<string, number>
  /** Calls that had no answer. */
  readonly hungUp: () => number
  close(): Promise<void>
}

const longestMs = 2000
const oneOfSoMany = 8

/** How long each call waits, and which ones are not answered, follows from the seed and the order of the calls. */
export async function startReceiver(seed: number): Promise<Receiver> {
  const random = seededRandom(seed)
  const counts = new Map<string, number>()
  const ending = new AbortController()
  let hungUp = 0
  const server = createServer(async (request, response) => {
    const key = String(request.headers['idempotency-key'])
    counts.set(key, (counts.get(key) ?? 0) + 1)
    const [ms, hangsUp] = [random.below(longestMs), random.below(oneOfSoMany) === 0]
    request.resume()
    await sleep(ms, undefined, { signal: ending.signal }).catch(() => {})
    if (hangsUp) hungUp += 1
    if (hangsUp) request.socket.destroy()
    else response.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    counts: () => counts,
    hungUp: () => hungUp,
    close: () =>
      new Promise(resolve => {
        ending.abort()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
