import { schemaText } from '../../runtime/codec.ts'
import type { Service } from '../../runtime/stage.ts'
import type { Topic } from '../../schemas/topic.ts'
import { remembered, subscribers, writtenBy } from '../acl/rights.ts'

/**
 * The AsyncAPI 3.0 document of Vigía: channels are the topics of the catalogue, operations what the stages declare, from the
 * same sets as the rights on the brokers. `services` without the API, whose operations follow from the catalogue.
 */

const kafka = '0.5.0'
const prefix = 'vigia.'

type Part = Readonly<Record<string, unknown>>

export function asyncApi(version: string, topics: readonly Topic[], services: readonly Service[]): Part {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Vigía',
      version,
      description:
        'An open threat-intelligence pipeline on Kafka. Topics are the contract: each is declared once, with its key, its schema and its one writer. Read with isolation.level=read_committed.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/vnd.apache.avro',
    servers: {
      kafka: {
        host: '{brokers}',
        protocol: 'kafka',
        description: 'Any Kafka from 3.0 on, with a schema registry that speaks the API of Confluent',
        variables: { brokers: { default: '127.0.0.1:19092', description: 'Brokers as host:port' } },
        bindings: { kafka: { schemaRegistryUrl: 'http://127.0.0.1:18081/apis/ccompat/v7', bindingVersion: kafka } },
      },
    },
    channels: Object.fromEntries(topics.map(topic => [topic.name, channelOf(topic)])),
    operations: Object.fromEntries(operationsOf(topics, services)),
    components: {
      parameters: { prefix: { default: prefix, description: 'VIGIA_PREFIX: stands before every topic and group' } },
      messages: Object.fromEntries(topics.map(topic => [topic.name, messageOf(topic)])),
    },
  }
}

function channelOf(topic: Topic): Part {
  const { name, what, key, partitioning, partitions, cleanup, retentionMs, maxMessageBytes } = topic
  return {
    address: `{prefix}${name}`,
    title: name,
    description: `${what}. Key: ${plain(key)}. Partitioned by ${partitioning}. Written by ${topic.writers.join(', ')}. Nothing above TLP ${topic.highestTlp}.`,
    parameters: { prefix: { $ref: '#/components/parameters/prefix' } },
    messages: { record: { $ref: `#/components/messages/${name}` } },
    bindings: {
      kafka: {
        topic: prefix + name,
        partitions,
        topicConfiguration: {
          'cleanup.policy': cleanup.split(','),
          'retention.ms': retentionMs ?? -1,
          'max.message.bytes': maxMessageBytes,
        },
        bindingVersion: kafka,
      },
    },
    'x-partitioning': partitioning,
    'x-writers': topic.writers,
    'x-highest-tlp': topic.highestTlp,
  }
}

function messageOf(topic: Topic): Part {
  const key = { type: 'string', description: plain(topic.key) }
  const head = { name: topic.name, summary: topic.what }
  if (topic.json) {
    return {
      ...{ ...head, contentType: 'application/json', payload: ecsSchema },
      bindings: { kafka: { key, bindingVersion: kafka } },
    }
  }
  if (!topic.schema) {
    return { ...head, contentType: 'application/octet-stream', bindings: { kafka: { key, bindingVersion: kafka } } }
  }
  const schema = JSON.parse(schemaText(topic)) as { fields: readonly { readonly kind?: string }[] }
  return {
    ...{ ...head, contentType: 'application/vnd.apache.avro' },
    payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema },
    bindings: {
      kafka: {
        key,
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        schemaLookupStrategy: 'TopicNameStrategy',
        bindingVersion: kafka,
      },
    },
    'x-compatibility': topic.compatibility,
    'x-kinds': schema.fields.flatMap(field => field.kind ?? []),
  }
}

const text = { type: 'string' }
const ecsSchema = {
  type: 'object',
  description: 'A document of the Elastic Common Schema; what ECS has no field for is under `vigia`',
  required: ['@timestamp', 'ecs', 'event', 'message', 'vigia'],
  properties: {
    '@timestamp': { ...text, format: 'date-time' },
    message: text,
    event: {
      type: 'object',
      required: ['id', 'kind', 'module', 'dataset', 'action', 'category', 'type', 'created', 'ingested'],
      properties: { id: text, kind: { ...text, enum: ['alert', 'enrichment', 'event'] }, module: { const: 'vigia' } },
    },
    vigia: {
      type: 'object',
      required: ['tenant', 'domain', 'tlp', 'pap'],
      properties: { tlp: { ...text, enum: ['CLEAR', 'GREEN', 'AMBER'] } },
    },
  },
}

type Operation = readonly [name: string, operation: Part]

function operationsOf(topics: readonly Topic[], services: readonly Service[]): Operation[] {
  const ofStages = services.flatMap(service =>
    Object.entries(service.stages).flatMap(([stageName, stage]) => {
      const who = `${service.name}.${stageName}`
      return [
        ...Object.values(stage.reads).map(topic => receive(who, topic, `${prefix}${who}`)),
        // A state is restored by its offsets, under no group.
        ...remembered(stage).map(topic => receive(who, topic)),
        ...[...writtenBy(stage), ...remembered(stage)].map(topic => send(who, topic)),
      ]
    }),
  )
  const ofOthers = (['api', 'sender'] as const).flatMap(who =>
    topics.filter(topic => topic.writers.includes(who)).map(topic => send(who, topic)),
  )
  const ofSubscribers = Object.entries(subscribers).flatMap(([who, read]) => read.map(topic => receive(who, topic)))
  return [...ofStages, ...ofOthers, ...ofSubscribers]
}

function receive(who: string, topic: Topic, group?: string): Operation {
  const binding = { kafka: { groupId: { type: 'string', const: group }, bindingVersion: kafka } }
  return operation('receive', who, topic, group === undefined ? {} : { bindings: binding })
}

function send(who: string, topic: Topic): Operation {
  return operation('send', who, topic, {})
}

function operation(action: 'send' | 'receive', who: string, { name }: Topic, more: Part): Operation {
  return [
    `${who} ${action}s ${name}`.replaceAll(' ', '/'),
    {
      ...{ action, channel: { $ref: `#/channels/${name}` }, tags: [{ name: who }] },
      messages: [{ $ref: `#/channels/${name}/messages/record` }],
      ...more,
    },
  ]
}

/** Without the escapes that keep a bar apart from those of a table. */
function plain(key: string): string {
  return key.replaceAll('\\|', '|')
}
