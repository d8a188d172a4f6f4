import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Route } from './route.ts'
import { type Served, serve } from './server.ts'

const opened: Served[] = []
afterEach(async () => {
  for (const served of opened.splice(0)) await served.close()
})

const echo: Route = {
  method: 'POST',
  path: '/echo/:name',
  open: head => async body => ({ status: 200, body: { name: head.params.name, length: body.length } }),
}

async function started(
  routes: readonly Route[],
  { failed = () => {}, bytesAtOnce = 10_000 }: { failed?: (error: unknown) => void; bytesAtOnce?: number } = {},
) {
  const served = await serve({
    host: '127.0.0.1',
    port: 0,
    routes,
    bodyLimit: 1000,
    bodiesAtOnce: 2,
    bytesAtOnce,
    problem: (status, message) => ({ status, message }),
    failed,
  })
  opened.push(served)
  return served.address
}

/** Sends bytes on a bare connection and gives all that comes back until it is closed. */
async function exchange(address: string, head: string, body: Buffer): Promise<string> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  const received: Buffer[] = []
  socket.on('data', chunk => received.push(chunk))
  socket.write(head.replaceAll('\n', '\r\n'))
  socket.write(body)
  await once(socket, 'close')
  return Buffer.concat(received).toString()
}

describe('the HTTP server', () => {
  it.each(['/echo/a', '//echo/a', '/echo/a/', '/echo//a?x=1', '/echo/%61'])(
    'takes %s as meant, with no redirect',
    async path => {
      const response = await fetch(`${await started([echo])}${path}`, {
        method: 'POST',
        body: 'abc',
        redirect: 'manual',
      })
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ name: 'a', length: 3 })
    },
  )

  it.each(['/', '/echo', '/echo/a/b', '/echo/%ff', '/echo/..%2f..'])('never answers a redirect to %s', async path => {
    const address = await started([echo])
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) {
      const response = await fetch(`${address}${path}`, { method, redirect: 'manual' })
      expect([200, 404, 405]).toContain(response.status)
    }
  })

  it('answers 405 with the methods that a path has', async () => {
    const response = await fetch(`${await started([echo])}/echo/a`, { method: 'DELETE' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('answers 413 to a body over the limit, declared or not, and the sender can read it', async () => {
    const address = await started([echo])
    const body = Buffer.alloc(3_000_000, 'x')
    const declared = await exchange(address, `POST /echo/a HTTP/1.1\nhost: x\ncontent-length: ${body.length}\n\n`, body)
    expect(declared).toMatch(/^HTTP\/1\.1 413 /)
    expect(declared).toContain('connection: close')
    const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
    const chunked = await exchange(address, 'POST /echo/a HTTP/1.1\nhost: x\ntransfer-encoding: chunked\n\n', chunk)
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('takes a body of exactly the limit', async () => {
    const response = await fetch(`${await started([echo])}/echo/a`, { method: 'POST', body: 'x'.repeat(1000) })
    expect(await response.json()).toEqual({ name: 'a', length: 1000 })
  })

  it('answers 503 with Retry-After to bodies beyond what it holds at once, and goes on after', async () => {
    const gate = Promise.withResolvers<void>()
    const bothIn = Promise.withResolvers<void>()
    let inside = 0
    const slow: Route = {
      method: 'POST',
      path: '/slow',
      open: () => async () => {
        if (++inside === 2) bothIn.resolve()
        await gate.promise
        return { status: 200, body: {} }
      },
    }
    const address = await started([slow, echo])
    const post = (path: string) => fetch(`${address}${path}`, { method: 'POST', body: 'x' })
    const held = [post('/slow'), post('/slow')]
    await bothIn.promise
    const refused = await post('/echo/a')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    gate.resolve()
    expect((await Promise.all(held)).map(response => response.status)).toEqual([200, 200])
    expect((await post('/echo/a')).status).toBe(200)
  })

  it('answers 503 to bodies beyond the bytes that it holds at once, declared or not, and goes on after', async () => {
    const gate = Promise.withResolvers<void>()
    const inside = Promise.withResolvers<void>()
    const slow: Route = {
      method: 'POST',
      path: '/slow',
      open: () => async () => {
        inside.resolve()
        await gate.promise
        return { status: 200, body: {} }
      },
    }
    const address = await started([slow, echo], { bytesAtOnce: 1500 })
    const held = fetch(`${address}/slow`, { method: 'POST', body: 'x'.repeat(1000) })
    await inside.promise
    const declared = await fetch(`${address}/echo/a`, { method: 'POST', body: 'x'.repeat(600) })
    expect([declared.status, declared.headers.get('retry-after')]).toEqual([503, '5'])
    const chunked = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.alloc(600, 'x'))
        controller.close()
      },
    })
    const streamed = await fetch(`${address}/echo/a`, { method: 'POST', body: chunked, duplex: 'half' })
    expect(streamed.status).toBe(503)
    expect((await fetch(`${address}/echo/a`, { method: 'POST', body: 'x'.repeat(500) })).status).toBe(200)
    gate.resolve()
    expect((await held).status).toBe(200)
    expect((await fetch(`${address}/echo/a`, { method: 'POST', body: 'x'.repeat(1000) })).status).toBe(200)
  })

  describe('given a body with a Content-Encoding', () => {
    const post = async (encoding: string, body: Buffer) => {
      const response = await fetch(`${await started([echo])}/echo/a`, {
        method: 'POST',
        headers: { 'content-encoding': encoding },
        body: new Uint8Array(body),
      })
      return [response.status, await response.json()]
    }

    it.each(['gzip', 'GZIP', 'x-gzip'])('unpacks %s', async encoding => {
      expect(await post(encoding, gzipSync(Buffer.alloc(1000)))).toEqual([200, { name: 'a', length: 1000 }])
    })

    it('takes identity as nothing', async () => {
      expect(await post('identity', Buffer.from('abc'))).toEqual([200, { name: 'a', length: 3 }])
    })

    it.each([
      ['one byte more than the limit', 1001],
      ['a bomb', 500_000],
    ])('answers 413 to %s', async (_, length) => {
      expect(await post('gzip', gzipSync(Buffer.alloc(length)))).toMatchObject([413, { status: 413 }])
    })

    it.each([
      ['no gzip', Buffer.from('{"a":1}')],
      ['nothing', Buffer.alloc(0)],
      ['gzip that is cut short', gzipSync(Buffer.alloc(500, 'ab')).subarray(0, 20)],
      ['gzip with a wrong sum', Buffer.concat([gzipSync(Buffer.from('abc')).subarray(0, -8), Buffer.alloc(8)])],
    ])('answers 400 to %s', async (_, body) => {
      expect(await post('gzip', body)).toMatchObject([400, { status: 400 }])
    })

    it.each(['br', 'deflate', 'zstd', 'gzip, gzip'])('answers 415 to %s', async encoding => {
      expect(await post(encoding, Buffer.from('abc'))).toMatchObject([415, { status: 415 }])
    })
  })

  it('forgets a sender that goes away in the middle of its body', async () => {
    const address = await started([echo])
    for (let sender = 0; sender < 3; sender++) {
      const socket = connect(Number(new URL(address).port), '127.0.0.1')
      socket.write('POST /echo/a HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 500\r\n\r\n')
      await once(socket, 'data')
      socket.write('half')
      socket.end()
      socket.resume()
      await once(socket, 'close')
    }
    expect((await fetch(`${address}/echo/a`, { method: 'POST', body: 'x' })).status).toBe(200)
  })

  it('answers 500 without saying what was thrown, and reports it', async () => {
    const reported: unknown[] = []
    const broken: Route = { method: 'POST', path: '/broken', open: () => () => Promise.reject(new Error('secret')) }
    const address = await started([broken], { failed: error => reported.push(error) })
    const response = await fetch(`${address}/broken`, { method: 'POST', body: 'x' })
    expect([response.status, await response.json()]).toEqual([500, { status: 500, message: 'Internal error' }])
    expect(reported).toEqual([new Error('secret')])
  })

  it('closes only after the request in hand is answered', async () => {
    const gate = Promise.withResolvers<void>()
    const inside = Promise.withResolvers<void>()
    const slow: Route = {
      method: 'POST',
      path: '/slow',
      open: () => async () => {
        inside.resolve()
        await gate.promise
        return { status: 200, body: {} }
      },
    }
    const address = await started([slow])
    const response = fetch(`${address}/slow`, { method: 'POST', body: 'x' })
    await inside.promise
    const closed = opened.pop()?.close()
    gate.resolve()
    expect((await response).status).toBe(200)
    await closed
    await expect(fetch(`${address}/slow`, { method: 'POST' })).rejects.toThrow('fetch failed')
  })
})
