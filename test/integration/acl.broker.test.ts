import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaAclCommands } from '../../cli/acl/commands.ts'
import { type Principal, principalsOf } from '../../cli/acl/rights.ts'
import { declaredServices, ingestAlone } from '../../cli/docs/declared.ts'
import { isVigiaError, type VigiaError } from '../../core/errors.ts'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { type Codec, codecFor } from '../../runtime/codec.ts'
import { silent } from '../../runtime/engine/observer.ts'
import { startService } from '../../runtime/engine/running-service.ts'
import { type Acl, giveRights } from '../../runtime/kafka/acls.ts'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import type { Log, OutRecord, Task } from '../../runtime/log.ts'
import { memoryRegistry } from '../../runtime/memory/registry.ts'
import { type Service, type Stage, service, stage } from '../../runtime/stage.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics, topics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'
import { mirror } from '../../services/mirror/topology.ts'
import { coordinatorsAnswer } from '../setup/coordinators.ts'
import { runTool } from './copying.ts'
import { until } from './until.ts'

/** The generated rights on a broker that lets nobody do what he has no right to: each service logs in under its own name. */

const password = 'acl-Secret-1'
/** Each test has topics of its own, under the same rights. */
const prefixes = ['declared.', 'flow.', 'foreign.']
const principals = principalsOf('')
const names = principals.map(each => each.name)

let stack: LocalStack
let codec: Codec
const logs = new Map<string, Log>()

beforeAll(async () => {
  const users = [...names, 'nobody'].map(name => `user_${name}="${password}"`).join(' ')
  stack = await startLocalStack({
    registry: false,
    listeners: [
      {
        name: 'SASL',
        protocol: 'SASL_PLAINTEXT',
        properties: {
          'sasl.enabled.mechanisms': 'PLAIN',
          'plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
        },
      },
    ],
    serverProperties: {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // Those of the listener that asks for no login: the broker itself, and who sets it up.
      'super.users': 'User:ANONYMOUS',
    },
  })
  await coordinatorsAnswer(stack.brokers)
  const options = { brokers: [stack.brokers], clientId: 'set-up' }
  await giveRights(
    options,
    prefixes.flatMap(prefix => principalsOf(prefix).flatMap(aclsOf)),
  )
  codec = await codecFor({
    registry: memoryRegistry(),
    topics: allTopics,
    prefix: '',
    clock: Date.now,
    schemas: 'register',
  })
  await as('admin').createTopics(prefixes.flatMap(prefix => topicSpecs(allTopics, { prefix, partitions: 1 })))
}, 120_000)

afterAll(async () => {
  await Promise.all([...logs.values()].map(log => log.close()))
  await stack.stop()
})

function aclsOf({ name, rights }: Principal): Acl[] {
  const kinds = { topic: 'TOPIC', group: 'GROUP', 'transactional-id': 'TRANSACTIONAL_ID' } as const
  return rights.flatMap(right =>
    right.operations.map(operation => ({
      ...{ principal: `User:${name}`, resource: kinds[right.resource], name: right.name, operation },
      pattern: right.pattern === 'literal' ? ('LITERAL' as const) : ('PREFIXED' as const),
    })),
  )
}

/** The log of who logs in under this name. */
function as(name: string): Log {
  const found = logs.get(name)
  if (found !== undefined) return found
  const log = kafkaLog({
    brokers: stack.listener('SASL').split(','),
    clientId: name,
    sessionTimeoutMs: 6_000,
    heartbeatIntervalMs: 500,
    sasl: { mechanism: 'plain', username: name, password },
  })
  logs.set(name, log)
  return log
}

function principalOf(of: Service): string {
  return of === ingestAlone || of.name !== 'ingest' ? of.name : 'api'
}

/** Joins the group of a stage and writes to all that it declares in one transaction, with an offset of each input. */
async function doAll(log: Log, prefix: string, name: string, declared: Stage): Promise<void> {
  const { reads, writes, remembers } = declared
  const inputs = Object.values(reads).map(topic => prefix + topic.name)
  const state = remembers && prefix + remembers.name
  const done = Promise.withResolvers<void>()
  const membership = await log.join(
    {
      group: prefix + name,
      inputs,
      ...(state ? { state } : {}),
      ...(state && inputs.length === 0 ? { elect: state } : {}),
    },
    {
      async open(task: Task) {
        if (state) for await (const records of task.restore(state)) expect(records).toEqual([])
        const outputs = [...writes, ...(remembers ? [remembers] : []), topics.dlq]
        const records = outputs.map(topic => recordFor(prefix, topic))
        await task.transact({ records, offsets: inputs.map(topic => ({ topic, offset: 0, metadata: '' })) })
        done.resolve()
      },
      batch: async () => {},
      close: async () => {},
    },
  )
  membership.done.catch(done.reject)
  await done.promise
  await membership.drain()
}

function recordFor(prefix: string, topic: Topic): OutRecord {
  return { topic: prefix + topic.name, partition: 0, key: Buffer.from('key'), value: Buffer.from('value') }
}

async function refusal(work: Promise<unknown>): Promise<VigiaError> {
  const error = await work.then(
    () => new Error('it was let do it'),
    (thrown: unknown) => thrown,
  )
  if (!isVigiaError(error)) throw error
  return error
}

async function lengths(prefix: string): Promise<number[]> {
  const log = as('operator')
  const bounds = await Promise.all(allTopics.map(({ name }) => log.bounds(prefix + name)))
  return bounds.map(([first]) => first?.end ?? -1)
}

describe('with the generated rights and no others', () => {
  const stages = [ingestAlone, ...declaredServices].flatMap(each =>
    Object.entries(each.stages).map(
      ([name, declared]) => [`${principalOf(each)}: ${name}`, each, name, declared] as const,
    ),
  )
  it.each(stages)(
    '%s joins its group, restores its state, and writes all that it declares',
    async (_is, each, name, declared) => {
      await doAll(as(principalOf(each)), 'declared.', `${each.name}.${name}`, declared)
    },
  )

  it("Kafka's own tool takes the commands that are generated", async () => {
    const own = kafkaAclCommands(principalsOf('tool.')).find(each => /User:mirror .*transactional-id/.test(each)) ?? ''
    const words = own.replaceAll("'", '').split(' ').slice(1)
    const told = await runTool('org.apache.kafka.tools.AclCommand', ['--bootstrap-server', stack.brokers, ...words])
    expect(told).toMatch(/resourceType=TRANSACTIONAL_ID, name=tool.mirror.ecs., patternType=PREFIXED/)
    expect(told).toMatch(/principal=User:mirror, host=\*, operation=WRITE, permissionType=ALLOW/)
  })

  it('a raw alert goes from its sender through ingest and the mirror to a SIEM', async () => {
    const prefix = 'flow.'
    const options = { codec, prefix, clock: Date.now, observer: silent }
    const running = await Promise.all([
      startService(ingestAlone, { ...options, log: as('ingest') }),
      startService(mirror(), { ...options, log: as('mirror') }),
    ])
    const value = Buffer.from(JSON.stringify({ title: 'Beacon', severity: 'high', source_ip: '203.0.113.7' }))
    await as('sender').append([{ topic: `${prefix}alerts.raw`, partition: 0, key: null, value }])
    const document = await until('document', () => firstOf(as('siem'), `${prefix}ecs`), 15_000, 50)
    expect(document).toMatchObject({ event: { kind: 'alert' }, message: 'Beacon' })
    expect(await as('operator').committed(`${prefix}ingest.normalise`, `${prefix}alerts.raw`)).toBeDefined()
    for (const each of running) await each.drain()
  })
})

async function firstOf(log: Log, topic: string): Promise<unknown> {
  for await (const [record] of log.read(topic, { from: 'beginning', until: 'end' }))
    return JSON.parse(record?.value?.toString() ?? 'null')
  return undefined
}

describe('what nobody gave a right to', () => {
  const prefix = 'foreign.'

  it('is refused: no principal writes a topic that is not its own, though he may describe it', async () => {
    // What is refused here is the writing itself, not already the question how large a record may be.
    const describing = (['DESCRIBE', 'DESCRIBE_CONFIGS'] as const).map(
      (operation): Acl => ({ principal: 'User:*', resource: 'TOPIC', name: prefix, pattern: 'PREFIXED', operation }),
    )
    await giveRights({ brokers: [stack.brokers], clientId: 'set-up' }, describing)
    const before = await lengths(prefix)
    const told = await Promise.all([...principals, { name: 'nobody', rights: [] }].map(writesAll))
    const wrong = told.flat().filter(({ code, message }) => !isClear(code, message))
    expect(wrong).toEqual([])
    expect(told.flat().length).toBeGreaterThan(150)
    expect(await lengths(prefix)).toEqual(before)

    async function writesAll({ name, rights }: Pick<Principal, 'name' | 'rights'>) {
      const own = rights.filter(({ operations }) => operations.includes('WRITE')).map(right => right.name)
      const foreign = allTopics.filter(topic => !own.includes(topic.name))
      const answers: { readonly of: string; readonly code: string; readonly message: string }[] = []
      for (const topic of foreign) {
        const { code, message } = await refusal(as(name).append([recordFor(prefix, topic)]))
        answers.push({ of: `${name} on ${topic.name}`, code, message })
      }
      return answers
    }
  })

  it('ends a service that writes a topic not its own in a transaction, at once, and says why', async () => {
    const careless = service('case-builder', {
      fold: stage({
        reads: { command: topics.commands },
        writes: [topics.caseEvents, topics.alerts],
        on: {
          command: () => ({
            writes: [topics.caseEvents, topics.alerts].map(topic => ({ topic, key: 'a#b', draft: null })),
            remembers: [],
          }),
        },
      }),
    })
    const clock = Date.now
    const running = await startService(careless, { codec, prefix, clock, observer: silent, log: as('case-builder') })
    const failed = refusal(running.done)
    const before = await lengths(prefix)
    const command = { approve: null, reject: null, closeCase: null, addSuppression: null, endSuppression: null }
    const value = codec.encode(topics.commands, { ...envelope, ...command, ...approve })
    await as('api').append([{ topic: `${prefix}commands`, partition: 0, key: Buffer.from('a#1'), value }])
    const { code, message } = await failed
    expect(isClear(code, message), message).toBe(true)
    expect(running.state()).toBe('failed')
    await running.drain()
    const written = await lengths(prefix)
    const grown = allTopics.filter((_, n) => written[n] !== before[n]).map(topic => topic.name)
    expect(grown.filter(name => name !== 'commands')).toEqual([])
  })

  it.each([
    ['another group', 'case-builder', (log: Log) => doAll(log, prefix, 'ingest.normalise', stageOf(ingestAlone))],
    ['a topic that a SIEM is not for', 'siem', (log: Log) => firstOf(log, 'declared.alerts')],
    ['a topic that is no result', 'reader', (log: Log) => firstOf(log, 'declared.commands')],
    ['a topic, created', 'ingest', (log: Log) => log.createTopics([{ name: 'other', partitions: 1, config: {} }])],
  ])('is refused: %s', async (_what, name, work) => {
    const { code, message } = await refusal(work(as(name)))
    expect(isClear(code, message), message).toBe(true)
  })
})

const envelope = {
  ...{
    id: 'c1',
    causeId: 'c1',
    rawId: null,
    domain: 'a',
    tenant: 'a',
    tlp: 'AMBER',
    pap: 'AMBER',
    eventTime: 0,
    at: 0,
  },
  ...{ processTime: 0, seq: null, rulesetHash: null, attempt: 0 },
}
const approve = { kind: 'approve', actor: 'ana', roles: [], approve: { actionId: 'x', reason: '' } }

function stageOf(of: Service): Stage {
  const [found] = Object.values(of.stages)
  if (found === undefined) throw new Error(`${of.name} has no stage`)
  return found
}

function isClear(code: string, message: string): boolean {
  return code === 'VIG_AUTH_REFUSED' && /not authorized|authorization failed/i.test(message)
}
