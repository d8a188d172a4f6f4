import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { isVigiaError, type VigiaError } from '../../core/errors.ts'
import { accessNames } from '../../core/settings.ts'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { confluentRegistry } from '../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import { kafkaAccess, registryAccess } from '../../runtime/kafka/security.ts'
import type { Log, LogRecord } from '../../runtime/log.ts'
import { newAuthority } from './secured/certificates.ts'
import { passwords, scramUsers, securedListeners, user } from './secured/listeners.ts'
import { type Front, registryFront } from './secured/registry-front.ts'
import { runNode } from './secured/run-node.ts'

/** Every way to log in at brokers and registry, on real listeners, by the settings that a person would write. */

type Env = Readonly<Record<string, string>>

const authority = newAuthority('Vigia test CA')
const stranger = newAuthority('Another CA')
const client = authority.client('vigia')
const login = { username: user, password: 'registry-Secret-3' }

const tls: Env = { VIGIA_KAFKA_TLS: 'true', VIGIA_KAFKA_TLS_CA: authority.cert }
const strange: Env = { VIGIA_KAFKA_TLS: 'true', VIGIA_KAFKA_TLS_CA: stranger.cert }
const sasl = (mechanism: string, password: string): Env => ({
  VIGIA_KAFKA_SASL_MECHANISM: mechanism,
  VIGIA_KAFKA_SASL_USERNAME: user,
  VIGIA_KAFKA_SASL_PASSWORD: password,
})
const certificate = ({ cert, key } = client): Env => ({ VIGIA_KAFKA_TLS_CERT: cert, VIGIA_KAFKA_TLS_KEY: key })

let stack: LocalStack
let locked: Front
let mutual: Front

beforeAll(async () => {
  const listeners = securedListeners(authority)
  ;[stack, locked, mutual] = await Promise.all([
    startLocalStack({ registry: false, listeners, formatArguments: scramUsers }),
    registryFront(inject('registry'), { server: authority.server(), login }),
    registryFront(inject('registry'), { server: authority.server(), clientCa: authority.cert }),
  ])
}, 120_000)
afterAll(() => Promise.all([stack.stop(), locked.close(), mutual.close()]))

function logAt(listener: string, env: Env): { readonly log: Log; readonly said: string[] } {
  const said: string[] = []
  const log = kafkaLog({
    brokers: stack.listener(listener).split(','),
    clientId: 'secured',
    sessionTimeoutMs: 6_000,
    heartbeatIntervalMs: 300,
    log: (level, message, fields) => said.push(JSON.stringify({ level, message, fields })),
    ...kafkaAccess(readSettings(env, accessNames)),
  })
  return { log, said }
}

/** Joins a group, copies one record in a transaction, and reads it back. */
async function copied(log: Log): Promise<readonly string[]> {
  const name = `secured.${randomUUID().slice(0, 8)}`
  const [input, output] = [`${name}.in`, `${name}.out`]
  await log.createTopics([input, output].map(topic => ({ name: topic, partitions: 1, config: {} })))
  const [committed, failed] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()]
  const membership = await log.join(
    { group: name, inputs: [input] },
    {
      open: async () => {},
      async batch(task, records) {
        await task.transact({
          records: records.map(({ key, value }) => ({ topic: output, partition: 0, key, value })),
          offsets: [{ topic: input, offset: (records.at(-1)?.offset ?? 0) + 1, metadata: '' }],
        })
        committed.resolve()
      },
      close: async () => {},
    },
  )
  membership.done.catch(failed.reject)
  await log.append([{ topic: input, partition: 0, key: Buffer.from('a'), value: Buffer.from('one') }])
  await Promise.race([committed.promise, failed.promise])
  const read: LogRecord[] = []
  for await (const batch of log.read(output, { from: 'beginning', until: 'end' })) read.push(...batch)
  return read.map(({ value }) => String(value))
}

/** What a refused client is told. */
async function refusal(work: Promise<unknown>): Promise<VigiaError> {
  const error = await work.then(
    () => new Error('it was let in'),
    (thrown: unknown) => thrown,
  )
  if (!isVigiaError(error)) throw error
  return error
}

describe('brokers', () => {
  it.each([
    ['SASL PLAIN over TLS', 'PLAIN_TLS', { ...tls, ...sasl('PLAIN', passwords.plain) }],
    ['SCRAM-SHA-256', 'SCRAM', sasl('SCRAM-SHA-256', passwords.scram)],
    ['SCRAM-SHA-512', 'SCRAM', sasl('SCRAM-SHA-512', passwords.scram)],
    ['TLS', 'TLS', tls],
    ['mTLS', 'MTLS', { ...tls, ...certificate() }],
  ])('%s: a group is joined, a transaction committed and read', async (_name, listener, env) => {
    const { log } = logAt(listener, env)
    try {
      expect(await copied(log)).toEqual(['one'])
    } finally {
      await log.close()
    }
  })

  it.each([
    ['PLAIN', 'PLAIN_TLS', { ...tls, ...sasl('PLAIN', 'wrong-Secret') }, /PLAIN authentication failed/],
    ['SCRAM-SHA-256', 'SCRAM', sasl('SCRAM-SHA-256', 'wrong-Secret'), /SHA256 authentication failed/],
    ['SCRAM-SHA-512', 'SCRAM', sasl('SCRAM-SHA-512', 'wrong-Secret'), /SHA512 authentication failed/],
  ])('%s: a wrong password is refused by name, at once, and told to nobody', async (_name, listener, env, reason) => {
    const { log, said } = logAt(listener, env)
    for (const work of [() => log.describeTopics(['any']), () => copied(log), () => log.join(...anyGroup)]) {
      const error = await refusal(work())
      expect(error.code).toBe('VIG_AUTH_REFUSED')
      expect(error.message).toMatch(reason)
      expect(said.join('\n') + JSON.stringify(error) + error.stack).not.toContain('wrong-Secret')
    }
    await log.close()
  })

  it.each([
    ['a mechanism that the listener does not have', 'SCRAM', sasl('PLAIN', passwords.plain), /mechanism/],
    ['a CA that did not sign the broker', 'TLS', strange, /certificate/],
    ['no client certificate', 'MTLS', tls, /TLS: .*certificate/],
    [
      'a client certificate of another CA',
      'MTLS',
      { ...tls, ...certificate(stranger.client('vigia')) },
      /alert|certificate/,
    ],
    ['a login where the listener has none', 'PLAINTEXT', sasl('PLAIN', passwords.plain), /SASL/],
  ])('%s is refused at once', async (_name, listener, env, reason) => {
    const { log } = logAt(listener, env)
    const error = await refusal(log.describeTopics(['any']))
    expect([error.code, error.message]).toEqual(['VIG_AUTH_REFUSED', expect.stringMatching(reason)])
    await log.close()
  })

  it('a client that speaks another protocol than the listener is told what that may be', async () => {
    const wrong: readonly (readonly [string, Env])[] = [
      ['PLAIN_TLS', tls],
      ['SCRAM', {}],
      ['TLS', {}],
      ['PLAINTEXT', tls],
    ]
    const told = wrong.map(async ([listener, env]) => {
      const { log } = logAt(listener, env)
      const { code, message } = await refusal(log.describeTopics(['any']))
      await log.close()
      return [listener, code, message]
    })
    const hint = expect.stringContaining('wants TLS, or none, or a login')
    expect(await Promise.all(told)).toEqual(wrong.map(([listener]) => [listener, 'VIG_LOG_UNAVAILABLE', hint]))
  }, 120_000)
})

describe('the registry', () => {
  const ca: Env = { VIGIA_REGISTRY_TLS_CA: authority.cert }
  const basic = ({ username, password } = login): Env => ({
    VIGIA_REGISTRY_USERNAME: username,
    VIGIA_REGISTRY_PASSWORD: password,
  })
  const registryAt = (url: string, env: Env) =>
    confluentRegistry(url, 'secured', registryAccess(readSettings(env, accessNames)))
  const schema = JSON.stringify({ type: 'record', name: 'Secured', fields: [{ name: 'a', type: 'string' }] })

  it.each([
    ['basic authentication over TLS', () => locked.url, { ...ca, ...basic() }],
    ['mTLS', () => mutual.url, { ...ca, VIGIA_REGISTRY_TLS_CERT: client.cert, VIGIA_REGISTRY_TLS_KEY: client.key }],
  ])('%s: a schema is registered and found', async (_name, url, env) => {
    const registry = registryAt(url(), env)
    const subject = `secured.${randomUUID()}-value`
    const id = await registry.register(subject, schema, 'FULL_TRANSITIVE')
    expect(await registry.idOf(subject, schema)).toBe(id)
    expect(JSON.parse((await registry.schemaOf(id)) ?? '')).toMatchObject({ name: 'Secured' })
  })

  it.each([
    ['no login', () => locked.url, ca, /Unauthorized/],
    ['a wrong password', () => locked.url, { ...ca, ...basic({ ...login, password: 'wrong-Secret' }) }, /Unauthorized/],
    [
      'a CA that did not sign it',
      () => locked.url,
      { VIGIA_REGISTRY_TLS_CA: stranger.cert, ...basic() },
      /certificate/,
    ],
    ['no client certificate', () => mutual.url, ca, /certificate required/],
  ])('%s is refused at once, and told to nobody', async (_name, url, env, reason) => {
    const registry = registryAt(url(), env)
    for (const work of [
      () => registry.register('secured.none-value', schema, 'FULL_TRANSITIVE'),
      () => registry.idOf('secured.none-value', schema),
      () => registry.schemaOf(1),
    ]) {
      const error = await refusal(work())
      expect([error.code, error.message]).toEqual(['VIG_AUTH_REFUSED', expect.stringMatching(reason)])
      expect(JSON.stringify(error) + error.stack).not.toMatch(/wrong-Secret|registry-Secret/)
    }
  })
})

describe('the processes', () => {
  const whole = (password: string): Env => ({
    VIGIA_KAFKA_BROKERS: stack.listener('PLAIN_TLS'),
    ...tls,
    ...sasl('PLAIN', password),
    VIGIA_REGISTRY_URL: locked.url,
    VIGIA_REGISTRY_TLS_CA: authority.cert,
    VIGIA_REGISTRY_USERNAME: login.username,
    VIGIA_REGISTRY_PASSWORD: login.password,
    VIGIA_PREFIX: 'secured.',
  })

  it('the command line makes topics and schemas, and doctor finds all four well', async () => {
    const env = whole(passwords.plain)
    for (const words of [
      ['topic', 'apply', '--partitions', '1'],
      ['schema', 'apply'],
    ])
      expect(await runNode(['bin/vigia.mjs', ...words], env)).toMatchObject({ code: 0, err: '' })
    const { out } = await runNode(['bin/vigia.mjs', 'doctor', '--json', '--partitions', '1'], env)
    const { findings } = JSON.parse(out) as { findings: readonly { ok: boolean; what: string }[] }
    const about = findings.filter(({ what }) => /^(broker|registry|topics|schemas)/.test(what))
    expect(about.map(({ ok }) => ok)).toEqual([true, true, true, true])
    expect(out).not.toMatch(/Secret/)
  }, 180_000)

  it('a service with a wrong password exits 1, says why and does not say the password', async () => {
    const env = { ...whole('wrong-Secret'), VIGIA_SCHEMAS: 'register' }
    const { code, err } = await runNode(['services/case-builder/main.ts'], env)
    expect(code).toBe(1)
    expect(err.trimEnd().split('\n').at(-1)).toMatch(/^case-builder: VIG_AUTH_REFUSED: .*PLAIN authentication failed/)
    expect(err).not.toMatch(/Secret/)
  })
})

const anyGroup: Parameters<Log['join']> = [
  { group: 'secured.none', inputs: ['secured.none'] },
  { open: async () => {}, batch: async () => {}, close: async () => {} },
]
