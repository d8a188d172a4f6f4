import { describe, expect, it } from 'vitest'
import { accessNames } from '../../core/settings.ts'
import { newAuthority } from '../../test/integration/secured/certificates.ts'
import { accessWarnings } from './access-problems.ts'
import { givenAs, readSettings } from './read-settings.ts'

const authority = newAuthority('CA')
const [one, other] = [authority.client('one'), authority.client('other')]
const wanted = ['VIGIA_REGISTRY_URL', ...accessNames] as const

/** The names of the settings that are refused, with the address of a registry beside them. */
function refused(env: Readonly<Record<string, string>>): {
  readonly names: readonly string[]
  readonly message: string
} {
  try {
    readSettings({ VIGIA_REGISTRY_URL: 'https://registry', ...env }, wanted)
    return { names: [], message: '' }
  } catch (error) {
    const { message } = error as Error
    return { names: message.split('\n').map(line => line.split(':')[0] ?? ''), message }
  }
}

describe('the settings of brokers and registry', () => {
  const tls = { VIGIA_KAFKA_TLS: 'true' }
  const user = { VIGIA_KAFKA_SASL_USERNAME: 'vigia' }
  const login = { ...user, VIGIA_KAFKA_SASL_PASSWORD: 'hush' }

  it.each<[string, Record<string, string>, string[]]>([
    ['nothing', {}, []],
    ['a login', { VIGIA_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', ...login }, []],
    ['TLS', { ...tls, VIGIA_KAFKA_TLS_CA: authority.cert }, []],
    ['mTLS', { ...tls, VIGIA_KAFKA_TLS_CERT: one.cert, VIGIA_KAFKA_TLS_KEY: one.key }, []],
    [
      'a mechanism alone',
      { VIGIA_KAFKA_SASL_MECHANISM: 'PLAIN' },
      ['VIGIA_KAFKA_SASL_MECHANISM', 'VIGIA_KAFKA_SASL_MECHANISM'],
    ],
    ['no mechanism', login, ['VIGIA_KAFKA_SASL_USERNAME', 'VIGIA_KAFKA_SASL_PASSWORD']],
    ['an unknown mechanism', { VIGIA_KAFKA_SASL_MECHANISM: 'GSSAPI', ...login }, ['VIGIA_KAFKA_SASL_MECHANISM']],
    ['TLS that is neither', { VIGIA_KAFKA_TLS: 'yes' }, ['VIGIA_KAFKA_TLS']],
    ['a CA without TLS', { VIGIA_KAFKA_TLS_CA: authority.cert }, ['VIGIA_KAFKA_TLS_CA']],
    [
      'a CA over http',
      { VIGIA_REGISTRY_URL: 'http://r', VIGIA_REGISTRY_TLS_CA: authority.cert },
      ['VIGIA_REGISTRY_TLS_CA'],
    ],
    ['a path for a CA', { ...tls, VIGIA_KAFKA_TLS_CA: '/etc/ca.pem' }, ['VIGIA_KAFKA_TLS_CA']],
    ['a file that is not there', { ...tls, VIGIA_KAFKA_TLS_CA_FILE: '/no/ca.pem' }, ['VIGIA_KAFKA_TLS_CA_FILE']],
    ['a certificate without its key', { ...tls, VIGIA_KAFKA_TLS_CERT: one.cert }, ['VIGIA_KAFKA_TLS_CERT']],
    ['a key without its certificate', { ...tls, VIGIA_KAFKA_TLS_KEY: one.key }, ['VIGIA_KAFKA_TLS_KEY']],
    [
      'the key of another',
      { ...tls, VIGIA_KAFKA_TLS_CERT: one.cert, VIGIA_KAFKA_TLS_KEY: other.key },
      ['VIGIA_KAFKA_TLS_KEY'],
    ],
    ['a broken CA', { ...tls, VIGIA_KAFKA_TLS_CA: authority.cert.replace(/[A-Z]{3}/g, '---') }, ['VIGIA_KAFKA_TLS_CA']],
    ['a registry user without a password', { VIGIA_REGISTRY_USERNAME: 'vigia' }, ['VIGIA_REGISTRY_USERNAME']],
    ['a login in the address', { VIGIA_REGISTRY_URL: 'https://vigia:hush@registry' }, ['VIGIA_REGISTRY_URL']],
  ])('%s', (_name, env, names) => {
    const found = refused(env)
    expect(found.names).toEqual(names)
    expect(found.message).not.toMatch(/hush|BEGIN|\/etc\/ca/)
  })

  it('are all refused at once', () => {
    const env = { VIGIA_KAFKA_SASL_MECHANISM: 'PLAIN', VIGIA_KAFKA_TLS_KEY: one.key, VIGIA_REGISTRY_PASSWORD: 'hush' }
    expect(new Set(refused(env).names)).toEqual(new Set(Object.keys(env)))
  })

  it('warn where a password would cross the network readable', () => {
    const warnings = (env: Record<string, string>) => accessWarnings(readSettings(env, accessNames)).length
    expect(warnings({ VIGIA_KAFKA_SASL_MECHANISM: 'PLAIN', ...login })).toBe(1)
    expect(warnings({ VIGIA_KAFKA_SASL_MECHANISM: 'PLAIN', ...login, ...tls })).toBe(0)
    expect(warnings({ VIGIA_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', ...login })).toBe(0)
  })

  it('are handed on as they were given, and no others', () => {
    expect(givenAs({ ...tls, PATH: '/bin', VIGIA_PREFIX: 'a.' }, accessNames)).toEqual(tls)
  })
})
