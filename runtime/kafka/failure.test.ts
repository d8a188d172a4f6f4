import { describe, expect, it } from 'vitest'
import { plainMessageOf, unavailable } from './failure.ts'

/** An error as kafkajs makes them: what happened is in the name, the type, the code, or in what caused it. */
const failed = (message: string, is: object, cause?: unknown) => Object.assign(new Error(message, { cause }), is)

describe('what a failure of the client is called', () => {
  it.each([
    ['a wrong password', failed('no', { name: 'KafkaJSSASLAuthenticationError' })],
    ['rights that are missing', failed('no', { type: 'TOPIC_AUTHORIZATION_FAILED' })],
    ['rights, within retries that ran out', failed('no', {}, failed('no', { type: 'GROUP_AUTHORIZATION_FAILED' }))],
    ['a CA that is not known', failed('no', { code: 'SELF_SIGNED_CERT_IN_CHAIN' })],
    ['one of several', failed('all', { errors: [failed('no', { code: 'CERT_HAS_EXPIRED' })] })],
  ])('%s is VIG_AUTH_REFUSED', (_name, error) => {
    expect(unavailable('joining', error)).toMatchObject({
      code: 'VIG_AUTH_REFUSED',
      message: expect.stringMatching(`^joining: ${error.message}`),
    })
  })

  it('tells each of several errors in one, once', () => {
    const errors = [failed('no right to a', {}), failed('no right to b', {}), failed('no right to a', {})]
    expect(plainMessageOf(failed('two topics', { errors }))).toBe('two topics: no right to a: no right to b')
  })

  it.each([
    ['a broker that is away', failed('away', { code: 'ECONNREFUSED' }), 'joining: away'],
    ['a closed connection', failed('closed', { name: 'KafkaJSConnectionClosedError' }), /closed \(.*TLS.*login\)$/],
  ])('%s is VIG_LOG_UNAVAILABLE', (_name, error, message) => {
    const told = unavailable('joining', error)
    expect(told.code).toBe('VIG_LOG_UNAVAILABLE')
    expect(told.message).toMatch(message)
  })

  it('leaves out where in OpenSSL it happened', () => {
    const said =
      'Connection error: 40ADC29ECE7F0000:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/x.c:918:SSL alert number 116\n'
    expect(plainMessageOf(new Error(said))).toBe('Connection error: TLS: tlsv13 alert certificate required')
  })
})
