import type { Answer, Head, Route } from '../../../adapters/http/route.ts'
import { fingerprintOfTheHive } from '../../../core/fingerprint.ts'
import { rawIdOf } from '../../../core/ids.ts'
import about from '../../../package.json' with { type: 'json' }
import type { Producer } from '../../../runtime/producer.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { JsonObject } from '../json-object.ts'
import { partsOf } from '../parts.ts'
import { sealHeaders } from '../trust.ts'
import { takeCommand } from './command.ts'
import { type ApiKey, holderOf, mayCommand } from './keys.ts'
import { logProblem, notAuthenticated, problem } from './problem.ts'
import { refusedRecorder } from './refused.ts'
import { answerV0, answerV1, type Created } from './thehive-answer.ts'
import { theHiveBodyOf } from './thehive-body.ts'

export type ApiOptions = {
  readonly keys: readonly ApiKey[]
  readonly sealSecret: string
  /** Epoch ms; only for what is answered. */
  readonly clock: () => number
  /** The correlation domain of a tenant's alerts from a source, as ingest finds it: part of the fingerprint. */
  readonly domainFor: (tenant: string, source: string) => string
  /** The fingerprint that ingest will give the only alert of a webhook's body; without one, `_id` is the raw id. */
  readonly fingerprintFor?: (body: JsonObject, source: string, tenant: string) => string | undefined
}

const theHive = 'thehive'

export function routesOf(options: ApiOptions, producer: Producer): readonly Route[] {
  const { keys, sealSecret, clock } = options
  const recordRefused = refusedRecorder(producer, sealSecret)

  const withKey = (head: Head, open: (key: ApiKey) => ReturnType<Route['open']>) => {
    const key = holderOf(keys, head.headers.authorization)
    return key === undefined ? notAuthenticated : open(key)
  }

  const put = (bytes: Buffer, tenant: string, source: string) =>
    producer.raw(bytes, sealHeaders({ tenant, source, origin: 'accepted', refused: null }, bytes, sealSecret))

  /** The refusal is recorded before it is told: a sender that reads it may rely on it. */
  async function refuse(refusal: Answer, bytes: Buffer, tenant: string, source: string): Promise<Answer> {
    const { message } = refusal.body as { message: string }
    await recordRefused({ tenant, source, bytes, reason: message })
    return refusal
  }

  async function createAlert(key: ApiKey, head: Head, body: Buffer, answer: (created: Created) => JsonObject) {
    const { bytes, alert, refusal } = await theHiveBodyOf(head.headers, body)
    try {
      if (refusal !== undefined) return await refuse(refusal, bytes, key.tenant, theHive)
      const id = fingerprintOfTheHive(alert, options.domainFor(key.tenant, theHive))
      await put(bytes, key.tenant, theHive)
      return { status: 201, body: answer({ id, alert, by: key.name, at: clock() }) }
    } catch (error) {
      return logProblem(error)
    }
  }

  async function takeAny(key: ApiKey, source: string, body: Buffer): Promise<Answer> {
    const parts = partsOf(body)
    const [first] = parts
    try {
      if (first?.body === undefined && parts.every(part => part.body === undefined)) {
        return await refuse(problem(400, first?.reason ?? 'The body is empty'), body, key.tenant, source)
      }
      const only = parts.length === 1 ? first?.body : undefined
      const id = only && options.fingerprintFor?.(only, source, key.tenant)
      const { partition, offset } = await put(body, key.tenant, source)
      const rawId = rawIdOf(topics.alertsRaw.name, partition, offset)
      return { status: 202, body: { _id: id ?? rawId, rawId } }
    } catch (error) {
      return logProblem(error)
    }
  }

  const creating = (path: string, answer: (created: Created) => JsonObject): Route => ({
    method: 'POST',
    path,
    open: head => withKey(head, key => body => createAlert(key, head, body, answer)),
  })

  return [
    creating('/api/alert', answerV0),
    creating('/api/v0/alert', answerV0),
    creating('/api/v1/alert', answerV1),
    { method: 'GET', path: '/api/status', open: () => status },
    {
      method: 'POST',
      path: '/v1/alerts/:source',
      open: head =>
        withKey(head, key => {
          const source = head.params.source ?? ''
          if (!sourceName.test(source))
            return problem(400, 'The name of a source is up to 64 letters, digits, ".", "_" or "-"')
          return body => takeAny(key, source, body)
        }),
    },
    {
      method: 'POST',
      path: '/v1/commands',
      open: head =>
        withKey(head, key => {
          if (!mayCommand(key)) return problem(403, 'This key may send alerts, not command')
          const repeat = head.headers['idempotency-key']
          return body => takeCommand(producer, key, body, repeat === undefined ? undefined : String(repeat))
        }),
    },
  ]
}

/** As in `sources.yaml`. */
const sourceName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Clients of TheHive ask for it to find out which version they speak with; it is TheHive 4's law that holds here. */
const status: Answer = {
  status: 200,
  body: { versions: { TheHive: '4.1.24', Vigia: about.version }, connectors: {}, config: { capabilities: [] } },
}
