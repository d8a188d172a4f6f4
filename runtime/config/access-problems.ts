import { createSecureContext } from 'node:tls'
import { messageOf } from '../../core/errors.ts'
import type { AccessSettings } from '../../core/settings.ts'

type Given = Partial<AccessSettings> & { readonly VIGIA_REGISTRY_URL?: string }
type Name = keyof Given

/**
 * What does not fit together among the settings of brokers and registry, one line each; none holds a value. Certificates and keys are
 * opened, so that a key of another certificate or a wrong password of the key is found here and not at the first connection.
 * What was `refused` by itself is not said to be missing.
 */
export function accessProblems(given: Given, refused: ReadonlySet<string> = new Set()): readonly string[] {
  const has = (name: Name) => given[name] !== undefined || refused.has(name)
  const needs = (name: Name, other: Name) => (has(name) && !has(other) ? [`${name}: is given without ${other}`] : [])
  const tlsWithoutUse = tlsNames('VIGIA_KAFKA')
    .filter(name => has(name) && given.VIGIA_KAFKA_TLS === false)
    .map(name => `${name}: is given, but VIGIA_KAFKA_TLS is not true`)
  const registryIsPlain = given.VIGIA_REGISTRY_URL?.startsWith('http:') === true
  const httpsWithoutUse = tlsNames('VIGIA_REGISTRY')
    .filter(name => has(name) && registryIsPlain)
    .map(name => `${name}: is given, but VIGIA_REGISTRY_URL is not https`)
  return [
    ...needs('VIGIA_KAFKA_SASL_MECHANISM', 'VIGIA_KAFKA_SASL_USERNAME'),
    ...needs('VIGIA_KAFKA_SASL_MECHANISM', 'VIGIA_KAFKA_SASL_PASSWORD'),
    ...needs('VIGIA_KAFKA_SASL_USERNAME', 'VIGIA_KAFKA_SASL_MECHANISM'),
    ...needs('VIGIA_KAFKA_SASL_PASSWORD', 'VIGIA_KAFKA_SASL_MECHANISM'),
    ...needs('VIGIA_REGISTRY_USERNAME', 'VIGIA_REGISTRY_PASSWORD'),
    ...needs('VIGIA_REGISTRY_PASSWORD', 'VIGIA_REGISTRY_USERNAME'),
    ...tlsWithoutUse,
    ...httpsWithoutUse,
    ...pairProblems('VIGIA_KAFKA', given, has),
    ...pairProblems('VIGIA_REGISTRY', given, has),
  ]
}

/** What is allowed but should be known. */
export function accessWarnings(given: Partial<AccessSettings>): readonly string[] {
  if (given.VIGIA_KAFKA_SASL_MECHANISM !== 'PLAIN' || given.VIGIA_KAFKA_TLS === true) return []
  return [
    'VIGIA_KAFKA_SASL_MECHANISM is PLAIN and VIGIA_KAFKA_TLS is not true: the password crosses the network readable',
  ]
}

type Side = 'VIGIA_KAFKA' | 'VIGIA_REGISTRY'

function tlsNames(side: Side) {
  return [`${side}_TLS_CA`, `${side}_TLS_CERT`, `${side}_TLS_KEY`, `${side}_TLS_KEY_PASSWORD`] as const
}

function pairProblems(side: Side, given: Given, has: (name: Name) => boolean): readonly string[] {
  const [caName, certName, keyName, passwordName] = tlsNames(side)
  const { [caName]: ca, [certName]: cert, [keyName]: key, [passwordName]: passphrase } = given
  const problems: string[] = []
  if (has(certName) && !has(keyName)) problems.push(`${certName}: is given without ${keyName}`)
  if (has(keyName) && !has(certName)) problems.push(`${keyName}: is given without ${certName}`)
  if (has(passwordName) && !has(keyName)) problems.push(`${passwordName}: is given without ${keyName}`)
  if (ca !== undefined) problems.push(...opening(caName, { ca }))
  if (cert !== undefined) {
    const own = opening(certName, { cert })
    problems.push(...own)
    if (own.length === 0 && key !== undefined)
      problems.push(...opening(keyName, { cert, key, ...(passphrase === undefined ? {} : { passphrase }) }))
  }
  return problems
}

function opening(name: string, parts: Parameters<typeof createSecureContext>[0]): readonly string[] {
  try {
    createSecureContext(parts)
    return []
  } catch (error) {
    return [`${name}: cannot be opened (${messageOf(error)})`]
  }
}
