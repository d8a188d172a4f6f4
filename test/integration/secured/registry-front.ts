import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Identity } from './certificates.ts'

export type Guards = {
  readonly server: Identity
  /** Asks for basic authentication. */
  readonly login?: { readonly username: string; readonly password: string }
  /** Asks for a certificate that this CA has signed. */
  readonly clientCa?: string
}

export type Front = { readonly url: string; close(): Promise<void> }

/** A registry as it stands in a real cluster: behind TLS and a login. What passes goes to the registry at `target`. */
export async function registryFront(target: string, { server, login, clientCa }: Guards): Promise<Front> {
  const { origin, pathname } = new URL(target)
  const wanted = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  const asking = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
  const front = createServer({ ...server, ...asking }, (asked, answer) => {
    if (wanted !== undefined && asked.headers.authorization !== wanted) {
      answer.writeHead(401, { 'content-type': 'application/json' })
      answer.end('{"error_code":40101,"message":"Unauthorized"}')
      return
    }
    const { authorization: _, host: __, ...headers } = asked.headers
    const passed = request(origin + asked.url, { method: asked.method ?? 'GET', headers }, given => {
      answer.writeHead(given.statusCode ?? 502, given.headers)
      given.pipe(answer)
    })
    passed.once('error', () => answer.destroy())
    asked.pipe(passed)
  })
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(front.address() as AddressInfo).port}${pathname}`,
    close: () =>
      new Promise(resolve => {
        front.close(() => resolve())
        front.closeAllConnections()
      }),
  }
}
