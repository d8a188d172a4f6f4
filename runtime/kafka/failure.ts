import { isVigiaError, messageOf, VigiaError } from '../../core/errors.ts'
import { isTlsRefusal } from './fixes/refusal.ts'

/** The names of an error of kafkajs and of all that caused it: types of the protocol, and classes. */
export function namesOf(error: unknown): Set<string> {
  const names = new Set<string>()
  for (let at = error; at instanceof Error; at = at.cause) {
    names.add(at.name)
    if ('type' in at && typeof at.type === 'string') names.add(at.type)
    if ('errors' in at && Array.isArray(at.errors)) {
      for (const inner of at.errors) for (const name of namesOf(inner)) names.add(name)
    }
  }
  return names
}

const fences = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING']
const sizes = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']

const oneOf = (names: readonly string[]) => (error: unknown) => {
  const found = namesOf(error)
  return names.some(name => found.has(name))
}

/** Somebody else began with the same transactional id, or the broker gave the transaction up after its timeout. */
export const isFence = oneOf(fences)
export const isTooLarge = oneOf(sizes)
export const isUnknownTopic = oneOf(['UNKNOWN_TOPIC_OR_PARTITION'])
export const isOffsetOutOfRange = oneOf(['OFFSET_OUT_OF_RANGE'])

const refusals = [
  'KafkaJSSASLAuthenticationError',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
]

const hasRefusal = oneOf(refusals)

/** The password, the certificate or the rights: it will be the same at the next attempt. */
export function isRefused(error: unknown): boolean {
  return hasRefusal(error) || codesOf(error).some(isTlsRefusal)
}

function codesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return []
  const inner: unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : []
  return ['code' in error ? error.code : undefined, ...[error.cause, ...inner].flatMap(codesOf)]
}

/** `VIG_AUTH_REFUSED` where the brokers said so, else `VIG_LOG_UNAVAILABLE`. */
export function unavailable(what: string, error: unknown): VigiaError {
  const told = `${what}: ${plainMessageOf(error)}`
  if (isRefused(error)) return new VigiaError('VIG_AUTH_REFUSED', told, {}, { cause: error })
  return new VigiaError('VIG_LOG_UNAVAILABLE', isCutOff(error) ? `${told} (${cutOff})` : told, {}, { cause: error })
}

/** A broker says nothing to a client whose protocol is not that of the listener: it closes the connection. */
const cutOff = 'a broker closed the connection; if it is up, its listener wants TLS, or none, or a login'

function isCutOff(error: unknown): boolean {
  return namesOf(error).has('KafkaJSConnectionClosedError') || /before secure TLS connection/.test(messageOf(error))
}

/** Without the line of OpenSSL's source in which it happened; of several errors in one, each is told once. */
export function plainMessageOf(error: unknown): string {
  const told = messageOf(error).replace(/[0-9A-F]*:error:[0-9A-F]+:SSL routines:[^:]*:([^:]+):.*/s, 'TLS: $1')
  const inner: unknown[] =
    error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : []
  return [told, ...new Set(inner.map(plainMessageOf))].join(': ')
}

export function topicMisfit(message: string, topic: string): VigiaError {
  return new VigiaError('VIG_TOPIC_MISFIT', message, { topic })
}

export function outOfRange(at: {
  topic: string
  partition: number
  offset: number
  start: number
  end: number
}): VigiaError {
  const { topic, partition, offset, start, end } = at
  return new VigiaError(
    'VIG_OFFSET_OUT_OF_RANGE',
    `offset ${offset} of ${topic}/${partition} lies outside of ${start}..${end}`,
    at,
  )
}

export function offsetsLost(message: string, at: Readonly<Record<string, string | number>>): VigiaError {
  return new VigiaError('VIG_OFFSETS_LOST', message, at)
}

export function stateLost(at: {
  topic: string
  partition: number
  start: number
  end: number
  reached: number
}): VigiaError {
  const { topic, partition, start, end, reached } = at
  const message = `the state ${topic}/${partition} reached ${reached} and must begin at 0, but holds ${start}..${end}`
  return new VigiaError('VIG_STATE_LOST', message, at)
}

/** The log does not hold what is needed: trying again cannot help, and going on would skip or repeat. */
export const isLoss = (error: unknown): boolean =>
  isVigiaError(error, 'VIG_OFFSET_OUT_OF_RANGE') ||
  isVigiaError(error, 'VIG_OFFSETS_LOST') ||
  isVigiaError(error, 'VIG_STATE_LOST')
