import schema from '@asyncapi/specs/schemas/3.0.0.json' with { type: 'json' }
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { allTopics } from '../../schemas/catalogue.ts'
import { servicesApart } from './declared.ts'
import { pages } from './pages.ts'

type Operation = {
  readonly action: string
  readonly channel: { readonly $ref: string }
  readonly bindings?: { readonly kafka: { readonly groupId?: { readonly const: string } } }
}
type Document = {
  readonly channels: Readonly<
    Record<string, { readonly bindings: { readonly kafka: { readonly partitions: number } } }>
  >
  readonly operations: Readonly<Record<string, Operation>>
}
const document = parse(pages().get('docs/asyncapi.yaml') ?? '') as Document

// The schema brings the meta-schema of its own version with it.
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, meta: false, validateSchema: false })
const validate = ajv.compile(schema as object)

describe('the AsyncAPI document', () => {
  it('fits the JSON schema of AsyncAPI 3.0.0', () => {
    validate(document)
    expect((validate.errors ?? []).slice(0, 5)).toEqual([])
  })

  it.each([
    ['no version', { ...document, asyncapi: undefined }],
    ['a channel with an unknown field', { ...document, channels: { a: { adress: 'a' } } }],
    ['an operation that neither sends nor receives', { ...document, operations: { a: { action: 'publish' } } }],
    [
      'a binding of Kafka with no number of partitions',
      { ...document, channels: { a: { address: 'a', bindings: { kafka: { partitions: 'six' } } } } },
    ],
  ])('would not fit with %s', (_what, broken) => {
    expect(validate(JSON.parse(JSON.stringify(broken)))).toBe(false)
  })

  it('has a channel for every topic, with its partitions', () => {
    const channels = Object.entries(document.channels).map(([name, { bindings }]) => [name, bindings.kafka.partitions])
    expect(channels).toEqual(allTopics.map(({ name, partitions }) => [name, partitions]))
  })

  it('points to what is there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '')
    expect(references.length).toBeGreaterThan(100)
    expect(references.filter(path => at(document, path.split('/')) === undefined)).toEqual([])
  })

  it('has an operation for each topic that a stage reads or writes', () => {
    const declared = servicesApart.flatMap(service =>
      Object.entries(service.stages).flatMap(([stage, { reads, writes }]) => [
        ...Object.values(reads).map(topic => `${service.name}.${stage}/receives/${topic.name}`),
        ...writes.map(topic => `${service.name}.${stage}/sends/${topic.name}`),
      ]),
    )
    expect(Object.keys(document.operations)).toEqual(expect.arrayContaining(declared))
    expect(document.operations['mirror.ecs/sends/ecs']).toMatchObject({
      action: 'send',
      channel: { $ref: '#/channels/ecs' },
    })
  })
})

describe('the operations', () => {
  const operations = Object.entries(document.operations).map(([name, { bindings }]) => {
    const [who = '', action = '', topic = ''] = name.split('/')
    return { who, action, topic, group: bindings?.kafka.groupId?.const }
  })
  const stages = servicesApart.flatMap(({ name, stages: all }) =>
    Object.entries(all).map(([stage, { remembers, rules }]) => ({ who: `${name}.${stage}`, remembers, rules })),
  )

  it.each(allTopics.map(({ name, writers }) => [name, writers] as const))(
    '%s is sent by its writers',
    (name, writers) => {
      const senders = operations.filter(({ action, topic }) => action === 'sends' && topic === name)
      const services = new Set(senders.map(({ who }) => who.split('.')[0] ?? ''))
      if (!writers.includes('every service')) expect([...services].toSorted()).toEqual([...writers].toSorted())
      else {
        const all = stages.filter(({ rules }) => name === 'dlq' || rules !== undefined).map(({ who }) => who)
        expect(senders.map(({ who }) => who).toSorted()).toEqual(all.toSorted())
      }
    },
  )

  it('read under the group of their stage, and a state under none', () => {
    const received = operations.filter(({ action, who }) => action === 'receives' && who.includes('.'))
    const isState = ({ who, topic }: (typeof received)[number]) =>
      stages.some(stage => stage.who === who && stage.remembers?.name === topic)
    expect(received.filter(isState).length).toBeGreaterThan(3)
    for (const each of received) expect(each.group).toBe(isState(each) ? undefined : `vigia.${each.who}`)
  })
})

function at(part: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return part
  return typeof part === 'object' && part !== null ? at((part as Record<string, unknown>)[name], rest) : undefined
}
