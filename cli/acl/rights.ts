import type { Service, Stage } from '../../runtime/stage.ts'
import { allTopics, topics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'
import { ingestAlone, ingestWithApi, servicesApart } from '../docs/declared.ts'

/**
 * What each principal may do, and no more: the services' by what their stages declare, the others' by what they are for. All follows
 * from the declarations, so that a topic is written by whom the catalogue names, and by nobody else.
 */
export type Right = {
  readonly resource: 'topic' | 'group' | 'transactional-id'
  /** With the prefix. */
  readonly name: string
  readonly pattern: 'literal' | 'prefixed'
  /** As Kafka names them. READ and WRITE bring DESCRIBE with them. */
  readonly operations: readonly Operation[]
}
export type Operation = 'READ' | 'WRITE' | 'CREATE' | 'DESCRIBE' | 'DESCRIBE_CONFIGS'

export type Principal = {
  /** Its name at the brokers: `User:<name>`. */
  readonly name: string
  readonly what: string
  readonly rights: readonly Right[]
}

/** Who reads what from outside; each under groups that begin with its name. */
export const subscribers = {
  siem: [topics.ecs],
  reader: [topics.alerts, topics.caseEvents, topics.cases, topics.analysisResults, topics.responses],
} as const satisfies Readonly<Record<string, readonly Topic[]>>

export function principalsOf(prefix: string): readonly Principal[] {
  const make = rightsUnder(prefix)
  return [
    ...servicesApart.map(service => ({
      name: service.name,
      what: `the service ${service.name}${service === ingestAlone ? ', without the API' : ''}`,
      rights: make.ofService(service, []),
    })),
    {
      name: 'api',
      what: 'the instance of ingest that hosts the HTTP API',
      rights: make.ofService(ingestWithApi, allTopics.filter(isWrittenBy('api'))),
    },
    {
      name: 'sender',
      what: 'whoever sends raw alerts straight to Kafka; `vigia send`',
      rights: allTopics.filter(isWrittenBy('sender')).map(topic => make.topic(topic, ['WRITE', 'DESCRIBE_CONFIGS'])),
    },
    {
      name: 'siem',
      what: 'SIEMs that read the mirror',
      rights: make.ofSubscriber('siem'),
    },
    {
      name: 'reader',
      what: 'SIEMs and others that read the results in Avro, up to TLP RED',
      rights: make.ofSubscriber('reader'),
    },
    {
      name: 'operator',
      what: 'the command line where it reads: `ledger`, `explain`, `status`, `tail`, `topic diff`, `doctor`',
      rights: [
        make.named('topic', '', 'prefixed', ['READ', 'DESCRIBE_CONFIGS']),
        make.named('group', '', 'prefixed', ['DESCRIBE']),
      ],
    },
    {
      name: 'admin',
      what: '`vigia topic apply`',
      rights: [make.named('topic', '', 'prefixed', ['CREATE', 'DESCRIBE', 'DESCRIBE_CONFIGS'])],
    },
  ]
}

function rightsUnder(prefix: string) {
  const named = (
    resource: Right['resource'],
    name: string,
    pattern: Right['pattern'],
    operations: readonly Operation[],
  ): Right => {
    const full = prefix + name
    // An empty prefix of everything is no prefix to Kafka: it is the wildcard.
    return full === ''
      ? { resource, name: '*', pattern: 'literal', operations }
      : { resource, name: full, pattern, operations }
  }
  const topic = ({ name }: Topic, operations: readonly Operation[]) => named('topic', name, 'literal', operations)

  /** A stage asks the brokers for the settings of every topic that its service names, and of the two that each one may write. */
  const ofService = (service: Service, more: readonly Topic[]): readonly Right[] => {
    const stages = Object.entries(service.stages)
    const reads = namesIn(stages, stage => [...Object.values(stage.reads), ...remembered(stage)])
    const writes = namesIn(stages, stage => [...writtenBy(stage), ...remembered(stage), ...more])
    const used = allTopics.filter(({ name }) => reads.has(name) || writes.has(name) || name === topics.rulesets.name)
    return [
      ...used.map(each => {
        const does: Operation[] = [
          ...(reads.has(each.name) ? (['READ'] as const) : []),
          ...(writes.has(each.name) ? (['WRITE'] as const) : []),
        ]
        return topic(each, [...(does.length === 0 ? (['DESCRIBE'] as const) : does), 'DESCRIBE_CONFIGS'])
      }),
      ...stages.flatMap(([name]) => {
        const group = `${service.name}.${name}`
        return [
          named('group', group, 'literal', ['READ']),
          named('transactional-id', `${group}.`, 'prefixed', ['WRITE']),
        ]
      }),
    ]
  }
  const ofSubscriber = (name: keyof typeof subscribers): readonly Right[] => [
    ...subscribers[name].map(each => topic(each, ['READ'])),
    named('group', `${name}.`, 'prefixed', ['READ']),
  ]
  return { named, topic, ofService, ofSubscriber }
}

/** What a stage writes beside its state, with what the engine writes for it. */
export function writtenBy({ writes, rules }: Stage): readonly Topic[] {
  return [...new Set([...writes, topics.dlq, ...(rules === undefined ? [] : [topics.rulesets])])]
}

export function remembered(stage: Stage): readonly Topic[] {
  return stage.remembers === undefined ? [] : [stage.remembers]
}

function namesIn(stages: readonly (readonly [string, Stage])[], of: (stage: Stage) => readonly Topic[]): Set<string> {
  return new Set(stages.flatMap(([, stage]) => of(stage).map(topic => topic.name)))
}

function isWrittenBy(writer: Topic['writers'][number]): (topic: Topic) => boolean {
  return topic => topic.writers.includes(writer)
}
