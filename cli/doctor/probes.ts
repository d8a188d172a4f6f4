import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { connect } from 'node:net'
import { schemaText } from '../../runtime/codec.ts'
import type { RegistryAccess } from '../../runtime/kafka/security.ts'
import type { Registry } from '../../runtime/registry.ts'
import type { Topic } from '../../schemas/topic.ts'
import type { ApiProbe } from './checks.ts'

const patienceMs = 3000

/** Resolves once something accepts a connection at `host:port`; rejects after 3 s, or with what the system says. */
export function reachTcp(address: string): Promise<void> {
  const at = address.lastIndexOf(':')
  const [host, port] = [address.slice(0, at).replace(/^\[|\]$/g, ''), Number(address.slice(at + 1))]
  return new Promise((resolve, reject) => {
    if (at < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) return reject(new Error('expected host:port'))
    const socket = connect({ host, port })
    const end = (error?: Error) => {
      socket.destroy()
      if (error === undefined) resolve()
      else reject(error)
    }
    socket.setTimeout(patienceMs, () => end(new Error(`no connection within ${patienceMs / 1000} s`)))
    socket.once('connect', () => end())
    socket.once('error', error => end('code' in error ? new Error(String(error.code)) : error))
  })
}

export async function statusOf(url: string): Promise<number> {
  return answered(fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) }))
}

/** The same for the registry, with our login and our trust: `fetch` takes no CA of its own. */
export function registryProbe({ auth, agent }: RegistryAccess): (url: string) => Promise<number> {
  return url =>
    new Promise((resolve, reject) => {
      const options = {
        signal: AbortSignal.timeout(patienceMs),
        ...(auth === undefined ? {} : { auth: `${auth.username}:${auth.password}` }),
      }
      const asked = url.startsWith('https:')
        ? overHttps(url, { ...options, ...(agent === undefined ? {} : { agent }) })
        : overHttp(url, options)
      asked.once('response', response => {
        response.destroy()
        resolve(response.statusCode ?? 0)
      })
      asked.once('error', error => reject('code' in error ? new Error(String(error.code)) : error))
      asked.end()
    })
}

export const httpProbe: ApiProbe = {
  get: statusOf,
  command: (url, key) =>
    answered(
      fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{}',
        signal: AbortSignal.timeout(patienceMs),
      }),
    ),
}

/** `fetch` says only that it failed; the cause says why. */
async function answered(answer: Promise<Response>): Promise<number> {
  try {
    const response = await answer
    await response.body?.cancel()
    return response.status
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    if (!(cause instanceof Error)) throw error
    throw new Error('code' in cause ? String(cause.code) : cause.message)
  }
}

/** The subjects under which this version's schema is not registered. */
export async function missingSchemas(
  registry: Registry,
  topics: readonly Topic[],
  prefix: string,
): Promise<readonly string[]> {
  const missing: string[] = []
  for (const topic of topics.filter(each => each.schema)) {
    const subject = `${prefix}${topic.name}-value`
    if ((await registry.idOf(subject, schemaText(topic))) === undefined) missing.push(subject)
  }
  return missing
}
