import { messageOf, VigiaError } from '../../core/errors.ts'

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

export function unavailable(what: string, error: unknown): VigiaError {
  return new VigiaError('VIG_LOG_UNAVAILABLE', `${what}: ${messageOf(error)}`, {}, { cause: error })
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
