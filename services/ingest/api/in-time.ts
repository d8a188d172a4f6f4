import { VigiaError } from '../../../core/errors.ts'

/** ElastAlert2 waits 10 s for an answer (`post`), then sends again: by then it has been told. Reference sources 3.2. */
export const answerWithinMs = 8_000

/**
 * What the work gives, or `VIG_LOG_UNAVAILABLE` after so many milliseconds. The work goes on: what it still puts on the log
 * is what a resend will be known by.
 */
export async function inTime<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new VigiaError('VIG_LOG_UNAVAILABLE', `no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
