import { once } from 'node:events'
import { connect } from 'node:net'
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

async function started(routes: readonly Route[], failed: (error: unknown) => void = () => {}) {
  const served = await serve({
    host: '127.0.0.1',
    port: 0,
    routes,
    bodyLimit: 1000,
    bodiesAtOnce: 2,
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
    const address = await started([broken], error => reported.push(error))
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
