import type { ContentStore } from '../../../adapters/content/content-store.ts'
import { sourceFor } from '../identity.ts'
import { partsOf } from '../parts.ts'
import { type IngestSettings, ingestRulesOf } from '../rules.ts'
import { type FakeProducer, fakeProducer } from './fake-producer.ts'
import { createKey, type KeyLimits, keysOf, type Role, roles } from './keys.ts'
import { serveApi } from './serve.ts'

export const sealSecret = 'a secret for tests'
export const startedAt = 1_795_000_000_000

/** The API on a free port for tests, with a key of each role for the tenant `acme`. */
export type StartedApi = {
  readonly producer: FakeProducer
  readonly failures: unknown[]
  send(method: string, path: string, body?: Buffer | string | object, more?: Sending): Promise<Response>
  close(): Promise<void>
}

type Sending = { readonly role?: Role | 'none'; readonly headers?: Readonly<Record<string, string>> }

export type StartedWith = {
  /** Of the key that may only send. */
  readonly limits?: KeyLimits
  readonly content?: ContentStore
  readonly mappers?: IngestSettings['mappers']
  readonly answerWithinMs?: number
  readonly clock?: () => number
}

export async function startedApi({
  limits,
  clock = () => startedAt,
  mappers,
  ...more
}: StartedWith = {}): Promise<StartedApi> {
  const rules = ingestRulesOf(mappers === undefined ? {} : { mappers })
  const made = roles.map(role => ({ role, ...createKey(`the-${role}`, 'acme', role, role === 'send' ? limits : {}) }))
  const keys = keysOf(made.map(({ line }) => line).join('\n'))
  const producer = fakeProducer()
  const failures: unknown[] = []
  const served = await serveApi({
    host: '127.0.0.1',
    port: 0,
    keys: () => keys,
    sealSecret,
    clock,
    ...more,
    domainFor: tenant => tenant,
    partsOf: bytes => partsOf(bytes, rules.mappers),
    sourceFor: sourceFor(rules),
    failed: error => failures.push(error),
  })(producer)
  return {
    producer,
    failures,
    close: served.close,
    send(method, path, body, { role = 'send', headers = {} } = {}) {
      const key = made.find(each => each.role === role)?.key
      const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
      const bytes = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body
      return fetch(`${served.address}${path}`, {
        method,
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...headers, ...authorization },
        ...(bytes === undefined ? {} : { body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes) }),
      })
    },
  }
}
