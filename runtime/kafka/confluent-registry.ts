import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { messageOf, VigiaError } from '../../core/errors.ts'
import type { Registry } from '../registry.ts'
import { plainMessageOf } from './failure.ts'
import type { RegistryAccess } from './security.ts'

/** The library waits for ever for an answer to a request that a connection has swallowed. */
const answerWithinMs = 20_000

/**
 * The registry over HTTP, by the library; encoding is our codec's (the library's `decode` recompiles per message).
 * A registry that does not answer is `VIG_LOG_UNAVAILABLE`, one that refuses our login or our certificate
 * `VIG_AUTH_REFUSED`; an incompatible schema (409) is `VIG_SCHEMA_MISFIT`.
 */
export function confluentRegistry(url: string, clientId: string, access: RegistryAccess = {}): Registry {
  const registry = new SchemaRegistry({
    host: url.replace(/\/$/, ''),
    clientId,
    retry: { retries: 5, maxRetryTimeInSecs: 2 },
    ...access,
  })
  return {
    async register(subject, schema, compatibility) {
      try {
        const options = { subject, compatibility: compatibilityOf(compatibility) }
        return (await inTime(registry.register({ type: SchemaType.AVRO, schema }, options))).id
      } catch (error) {
        if (statusOf(error) === 409)
          throw new VigiaError('VIG_SCHEMA_MISFIT', `${subject}: incompatible with the versions before`)
        if (!isRefused(error) && /compatibility/i.test(messageOf(error)))
          throw new VigiaError('VIG_SCHEMA_MISFIT', `${subject}: ${messageOf(error)}`)
        throw unavailable(subject, error)
      }
    },
    async idOf(subject, schema) {
      try {
        return await inTime(registry.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema }))
      } catch (error) {
        if (statusOf(error) === 404 || /not (registered|found)|does not match any/i.test(messageOf(error)))
          return undefined
        throw unavailable(subject, error)
      }
    },
    async schemaOf(id) {
      try {
        const found = await inTime(registry.getSchema(id))
        return JSON.stringify((found as unknown as { schema(options: object): unknown }).schema({ exportAttrs: true }))
      } catch (error) {
        if (statusOf(error) === 404) return undefined
        throw unavailable(`schema id ${id}`, error)
      }
    },
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${answerWithinMs / 1000} s`)), answerWithinMs)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function compatibilityOf(name: string): COMPATIBILITY {
  return name === 'FULL_TRANSITIVE' ? COMPATIBILITY.FULL_TRANSITIVE : COMPATIBILITY.BACKWARD_TRANSITIVE
}

function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' ? status : undefined
}

/** The library turns an error of the connection into a response, so that of the cause only its message is left. */
function isRefused(error: unknown): boolean {
  const status = statusOf(error)
  return status === 401 || status === 403 || /certificate|SSL routines/i.test(messageOf(error))
}

function unavailable(what: string, error: unknown): VigiaError {
  if (isRefused(error))
    return new VigiaError('VIG_AUTH_REFUSED', `the schema registry refused ${what}: ${plainMessageOf(error)}`)
  return new VigiaError('VIG_LOG_UNAVAILABLE', `the schema registry did not answer for ${what}: ${messageOf(error)}`)
}
