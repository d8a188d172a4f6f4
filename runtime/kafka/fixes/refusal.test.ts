import { describe, expect, it } from 'vitest'
import { fixRefusals, isTlsRefusal } from './refusal.ts'
import { original, upstream } from './upstream.ts'

type Errors = {
  KafkaJSConnectionError: new (message: string, at: { code?: string }) => { readonly retriable: boolean }
}
const lasting = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]
const passing = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC']

describe('a connection that is refused for its certificate', () => {
  it.each(lasting)('%s is not tried again; as shipped it is', code => {
    fixRefusals()
    const { KafkaJSConnectionError } = upstream<Errors>('errors.js')
    const shipped = original<Errors>('errors.js')
    expect(isTlsRefusal(code)).toBe(true)
    expect(new KafkaJSConnectionError('refused', { code }).retriable).toBe(false)
    expect(new shipped.KafkaJSConnectionError('refused', { code }).retriable).toBe(true)
  })

  it.each([...passing, undefined])('%s is tried again', code => {
    fixRefusals()
    const { KafkaJSConnectionError } = upstream<Errors>('errors.js')
    const at = code === undefined ? {} : { code }
    expect(new KafkaJSConnectionError('away', at).retriable).toBe(true)
  })
})
