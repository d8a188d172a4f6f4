import { upstream } from './upstream.ts'

/**
 * Codes of Node and OpenSSL that say that one side does not accept the certificate of the other, or speaks no TLS at
 * all: it will be the same at the next attempt. (`ERR_SSL_WRONG_VERSION_NUMBER`: the listener is plaintext.)
 */
const certificate =
  /^(CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID)/
const handshake =
  /^ERR_SSL_.*(ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|UNSUPPORTED_CERTIFICATE|HANDSHAKE_FAILURE|ACCESS_DENIED|PROTOCOL_VERSION)|WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL)/

export function isTlsRefusal(code: unknown): boolean {
  return typeof code === 'string' && (certificate.test(code) || handshake.test(code))
}

/**
 * Makes a refused certificate end a connection at once. kafkajs takes every error of a socket for a broker that is
 * away, and tries again until its retries are used up; a wrong password it does not try again.
 */
export function fixRefusals(): void {
  const { KafkaJSConnectionError } = upstream<{ KafkaJSConnectionError: { readonly prototype: object } }>('errors.js')
  Object.defineProperty(KafkaJSConnectionError.prototype, 'retriable', {
    configurable: true,
    get(this: { readonly code?: unknown }) {
      return !isTlsRefusal(this.code)
    },
    // What the constructor of the base class assigns before the code is known.
    set() {},
  })
}
