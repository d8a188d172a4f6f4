import type { Answer } from '../../../adapters/http/route.ts'
import { isVigiaError } from '../../../core/errors.ts'
import type { FieldProblem } from '../sources/thehive-fields.ts'
import type { ApiKey } from './keys.ts'

/** Answers to what cannot be done, in TheHive 4's shape `{type, message}`, which its clients show. Contract TheHive 1.4. */

const types: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'AuthenticationError',
  403: 'AuthorizationError',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'BadRequest',
  415: 'BadRequest',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
}

export function problemBody(status: number, message: string): { readonly type: string; readonly message: string } {
  return { type: types[status] ?? 'InternalError', message }
}

export function problem(status: number, message: string, headers?: Readonly<Record<string, string>>): Answer {
  return { status, body: problemBody(status, message), ...(headers && { headers }) }
}

export const notAuthenticated = problem(401, 'Authentication failure')

export function sourceForbidden(key: ApiKey, source: string): Answer {
  return problem(403, `The key ${key.name} may not send for the source ${JSON.stringify(source.slice(0, 128))}`)
}

/** Wrong fields, all of them, as an `AttributeCheckingError`. The values are not repeated. */
export function fieldsProblem(fields: readonly FieldProblem[]): Answer {
  const messages = fields.map(({ name, problem: kind, says }) =>
    kind === 'MissingAttributeError' ? `Attribute ${name} is missing` : `Attribute ${name} has a wrong format: ${says}`,
  )
  const errors = fields.map(({ name, problem: kind }) =>
    kind === 'MissingAttributeError' ? { name, type: kind } : { name, type: kind, format: formatOf(name) },
  )
  return {
    status: 400,
    body: { type: 'AttributeCheckingError', message: `[${messages.join(', ')}]`, errors },
  }
}

function formatOf(path: string): string {
  const name = path.replace(/^.*\./, '')
  if (name === 'date') return 'date'
  if (['severity', 'tlp', 'pap'].includes(name)) return 'int'
  if (['tags', 'artifacts', 'observables'].includes(name)) return 'list'
  return /^(?:artifacts|observables)\[\d+\]$/.test(path) ? 'object' : 'string'
}

/** The answer where the log did not take a record, or the content store a file; anything else is thrown on. */
export function logProblem(error: unknown): Answer {
  if (isVigiaError(error, 'VIG_LOG_UNAVAILABLE')) {
    return problem(503, 'The log does not answer; send it again', { 'retry-after': '5' })
  }
  if (isVigiaError(error, 'VIG_VALUE_TOO_LARGE')) return problem(413, 'The record is larger than the log takes')
  if (isVigiaError(error, 'VIG_CONTENT_TOO_LARGE')) return problem(413, 'A file is larger than the store takes')
  if (isVigiaError(error, 'VIG_CONTENT_FULL') || isVigiaError(error, 'VIG_CONTENT_UNAVAILABLE')) {
    return problem(503, 'The store takes no files now; send it again', { 'retry-after': '60' })
  }
  throw error
}
