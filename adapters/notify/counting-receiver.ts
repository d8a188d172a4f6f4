import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One call as it arrived. */
export type ReceivedCall = {
  readonly path: string
  /** `Idempotency-Key`, where there was one. */
  readonly key: string | null
  readonly authorization: string | null
  /** Parsed JSON; the text itself where it is none. */
  readonly body: unknown
}

export type CountingReceiver = {
  readonly url: string
  readonly calls: readonly ReceivedCall[]
  /** How often each `Idempotency-Key` arrived: more than one is a repeated effect. */
  counts(): ReadonlyMap<string, number>
  /** What is answered from now on: a status with a body, or nothing at all. */
  answer(
    how:
      | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
      | 'hang-up'
      | 'silence',
  ): void
  close(): Promise<void>
}

/** An HTTP receiver on 127.0.0.1 that counts what reaches it: the witness that an action was done once. */
export async function countingReceiver(): Promise<CountingReceiver> {
  const calls: ReceivedCall[] = []
  let how: Parameters<CountingReceiver['answer']>[0] = { status: 200 }
  const server = createServer(async (request, response) => {
    calls.push(await read(request))
    if (how === 'silence') return
    if (how === 'hang-up') return void request.socket.destroy()
    response.writeHead(how.status, how.headers).end(how.body ?? '')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    counts() {
      const counts = new Map<string, number>()
      for (const { key } of calls) if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1)
      return counts
    },
    answer(next) {
      how = next
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<ReceivedCall> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const key = request.headers['idempotency-key']
  return {
    path: request.url ?? '',
    key: typeof key === 'string' ? key : null,
    authorization: request.headers.authorization ?? null,
    body: parsed(text),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
