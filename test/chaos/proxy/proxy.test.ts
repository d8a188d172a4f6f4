import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type BrokerProxy, startProxy } from './proxy.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A broker of one kind: answers each request, in order, with its apiKey; `seen` holds the apiKeys it was asked. */
async function startBroker(): Promise<{ port: number; seen: number[]; closed: number; server: Server }> {
  const broker = { port: 0, seen: [] as number[], closed: 0, server: createServer() }
  broker.server.on('connection', socket => {
    let bytes: Buffer = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('close', () => {
      broker.closed += 1
    })
    socket.on('data', chunk => {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const frame = bytes.subarray(0, 4 + bytes.readInt32BE(0))
        bytes = bytes.subarray(frame.length)
        broker.seen.push(frame.readInt16BE(4))
        socket.write(response(frame.readInt32BE(8), frame.subarray(12)))
      }
    })
  })
  broker.server.listen(0, '127.0.0.1')
  await once(broker.server, 'listening')
  broker.port = portOf(broker.server)
  ends.push(() => broker.server.close())
  return broker
}

/** A server on a port of its own. */
async function serving(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    serve(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => server.close())
  return portOf(server)
}

async function proxied(port: number): Promise<BrokerProxy> {
  const proxy = await startProxy({ target: { host: '127.0.0.1', port } })
  ends.push(() => proxy.close())
  return proxy
}

type Client = { readonly socket: Socket; received(bytes: number): Promise<Buffer>; readonly end: Promise<string> }

async function client(port: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const end = new Promise<string>(resolve => {
    socket.on('error', error => resolve(String((error as NodeJS.ErrnoException).code)))
    socket.on('close', () => resolve('closed'))
  })
  const chunks: Buffer[] = []
  let look = () => {}
  socket.on('data', chunk => {
    chunks.push(chunk)
    look()
  })
  ends.push(() => socket.destroy())
  await Promise.race([once(socket, 'connect'), end])
  return {
    socket,
    end,
    received: count =>
      new Promise(resolve => {
        look = () => {
          const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
          if (length >= count) resolve(Buffer.concat(chunks))
        }
        look()
      }),
  }
}

const portOf = (server: Server): number => (server.address() as { port: number }).port

function request(apiKey: number, correlationId: number, body: Buffer = Buffer.from('body')): Buffer {
  const header = Buffer.alloc(12)
  header.writeInt32BE(8 + body.length, 0)
  header.writeInt16BE(apiKey, 4)
  header.writeInt32BE(correlationId, 8)
  return Buffer.concat([header, body])
}

function response(correlationId: number, body: Buffer = Buffer.from('body')): Buffer {
  const header = Buffer.alloc(8)
  header.writeInt32BE(4 + body.length, 0)
  header.writeInt32BE(correlationId, 4)
  return Buffer.concat([header, body])
}

describe('a proxy', () => {
  it.each([1, 5, 11, 13, 4096])('passes frames on unchanged that come in chunks of %i bytes', async size => {
    const broker = await startBroker()
    const proxy = await proxied(broker.port)
    const { socket, received } = await client(proxy.port)
    const bodies = [Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(300, 'y')]
    const asked = Buffer.concat(bodies.map((body, index) => request(index, index + 100, body)))
    for (let at = 0; at < asked.length; at += size) {
      await new Promise(resolve => socket.write(asked.subarray(at, at + size), resolve))
    }
    const expected = Buffer.concat(bodies.map((body, index) => response(index + 100, body)))
    expect(await received(expected.length)).toEqual(expected)
    expect(broker.seen).toEqual([0, 1, 2])
    expect(proxy.stats).toMatchObject({ open: 1, accepted: 1, requests: 3, dropped: 0 })
    expect(proxy.stats).toMatchObject({ bytesUp: asked.length, bytesDown: expected.length })
  })

  it('passes on what is not made of frames, TLS say', async () => {
    const proxy = await proxied(await serving(socket => socket.pipe(socket)))
    const { socket, received } = await client(proxy.port)
    const hello = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 1, 2, 3, 4, 5, 6, 7, 8])
    socket.write(hello)
    expect(await received(hello.length)).toEqual(hello)
  })

  it('passes on more than the buffers hold, and the end behind it', async () => {
    const large = Buffer.alloc(20 * 1024 * 1024, 'z')
    const proxy = await proxied(await serving(socket => socket.end(response(7, large))))
    const { received, end } = await client(proxy.port)
    expect((await received(8 + large.length)).equals(response(7, large))).toBe(true)
    expect(await end).toBe('closed')
  })

  it('lets the request reach the broker, swallows the response, and closes', async () => {
    const broker = await startBroker()
    const proxy = await proxied(broker.port)
    const dropped = proxy.dropResponses(26, 2)
    for (const round of [1, 2]) {
      const { socket, received, end } = await client(proxy.port)
      socket.write(Buffer.concat([request(3, 1), request(26, 2), request(3, 3)]))
      expect(await end).toBe('closed')
      expect(await received(0)).toEqual(response(1))
      expect(proxy.stats.dropped).toBe(round)
    }
    await dropped
    expect(broker.seen.filter(apiKey => apiKey === 26)).toHaveLength(2)
    const { socket, received } = await client(proxy.port)
    socket.write(request(26, 9))
    expect(await received(12)).toEqual(response(9))
  })

  it('knows the response by its number, behind requests that get none', async () => {
    const proxy = await proxied(await serving(socket => socket.once('data', () => socket.write(response(2)))))
    const dropped = proxy.dropResponses(26, 1)
    const { socket, received, end } = await client(proxy.port)
    socket.write(Buffer.concat([request(0, 1), request(26, 2)]))
    await dropped
    expect(await end).toBe('closed')
    expect(await received(0)).toHaveLength(0)
  })

  it('tells who still waits for a dropped response that it was closed before', async () => {
    const broker = await startBroker()
    const proxy = await startProxy({ target: { host: '127.0.0.1', port: broker.port } })
    const dropped = proxy.dropResponses(26, 1)
    await proxy.close()
    await expect(dropped).rejects.toThrow('closed before 1 more responses to apiKey 26')
  })

  it('drops all connections when it is cut, and new ones, until it is restored', async () => {
    const broker = await startBroker()
    const proxy = await proxied(broker.port)
    const before = await client(proxy.port)
    before.socket.write(request(3, 1))
    await before.received(12)
    proxy.cut()
    expect(await before.end).toBe('ECONNRESET')
    await expect.poll(() => broker.closed).toBe(1)
    const during = await client(proxy.port)
    expect(await during.end).toBe('ECONNRESET')
    expect(proxy.stats).toMatchObject({ open: 0, accepted: 1, refused: 1 })
    proxy.restore()
    const after = await client(proxy.port)
    after.socket.write(request(3, 2))
    expect(await after.received(12)).toEqual(response(2))
  })

  it('drops a connection whose broker does not listen', async () => {
    const broker = await startBroker()
    const proxy = await proxied(broker.port)
    broker.server.close()
    await once(broker.server, 'close')
    const { end } = await client(proxy.port)
    expect(await end).toBe('ECONNRESET')
    await expect.poll(() => proxy.stats).toMatchObject({ open: 0, refused: 1 })
  })

  it('passes nothing on while it is frozen, accepts all the same, and loses nothing', async () => {
    const broker = await startBroker()
    const proxy = await proxied(broker.port)
    const before = await client(proxy.port)
    before.socket.write(request(3, 1))
    await before.received(12)
    proxy.freeze()
    before.socket.write(request(4, 2))
    const during = await client(proxy.port)
    during.socket.end(request(5, 3))
    // Something that goes past the proxy shows that the broker would have seen the others by now.
    const past = await client(broker.port)
    for (const number of [1, 2, 3]) {
      past.socket.write(request(9, number))
      await past.received(12 * number)
    }
    expect(broker.seen).toEqual([3, 9, 9, 9])
    proxy.thaw()
    expect((await before.received(24)).subarray(12)).toEqual(response(2))
    expect(await during.received(12)).toEqual(response(3))
  })

  it('holds what passes when it is delayed, in order, and lets it go when the delay ends', async () => {
    const broker = await startBroker()
    const proxy = await proxied(broker.port)
    const { socket, received } = await client(proxy.port)
    proxy.delay(20)
    const begun = performance.now()
    for (const number of [1, 2, 3]) socket.write(request(number, number))
    expect(await received(36)).toEqual(Buffer.concat([1, 2, 3].map(number => response(number))))
    // Never sooner than what was asked for, both ways; how much later is the machine's affair.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(39)
    proxy.delay(3_600_000)
    socket.write(request(4, 4))
    await expect.poll(() => proxy.stats.requests).toBe(4)
    expect(broker.seen).toEqual([1, 2, 3])
    proxy.delay(0)
    expect((await received(48)).subarray(36)).toEqual(response(4))
  })
})
