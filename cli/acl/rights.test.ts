import { describe, expect, it } from 'vitest'
import { allTopics } from '../../schemas/catalogue.ts'
import { declaredServices } from '../docs/declared.ts'
import { kafkaAclCommands } from './commands.ts'
import { type Operation, type Principal, principalsOf } from './rights.ts'

const principals = principalsOf('p.')
const services = declaredServices.map(each => each.name)

function may(principal: Principal, operation: Operation, resource: string, name: string): boolean {
  return principal.rights.some(
    right =>
      right.resource === resource &&
      right.operations.includes(operation) &&
      (right.pattern === 'literal' ? right.name === name : name.startsWith(right.name)),
  )
}

function whoMay(operation: Operation, topic: string): string[] {
  return principals.filter(each => may(each, operation, 'topic', `p.${topic}`)).map(each => each.name)
}

describe('the rights on the brokers', () => {
  it.each(allTopics.map(topic => [topic.name, topic] as const))(
    '%s: is written by those of the catalogue',
    (name, topic) => {
      const named = topic.writers.flatMap(writer => (writer === 'every service' ? services : [writer]))
      // The API is a part of an instance of ingest, which logs in once.
      const allowed = named.includes('ingest') ? [...named, 'api'] : named
      const writers = whoMay('WRITE', name)
      expect(writers.filter(writer => !allowed.includes(writer))).toEqual([])
      expect(writers).not.toEqual([])
      if (!topic.writers.includes('every service')) expect(writers.toSorted()).toEqual(allowed.toSorted())
    },
  )

  it.each(declaredServices.map(service => [service.name, service] as const))(
    '%s: may what its stages do',
    (name, service) => {
      // `ingest` is declared with the API, which is a principal of its own.
      const principal = principals.find(each => each.name === (name === 'ingest' ? 'api' : name))
      if (principal === undefined) throw new Error(`no principal ${name}`)
      for (const [stage, { reads, writes, remembers }] of Object.entries(service.stages)) {
        const remembered = remembers === undefined ? [] : [remembers]
        for (const topic of [...Object.values(reads), ...remembered])
          expect(may(principal, 'READ', 'topic', `p.${topic.name}`)).toBe(true)
        for (const topic of [...writes, ...remembered])
          expect(may(principal, 'WRITE', 'topic', `p.${topic.name}`)).toBe(true)
        expect(may(principal, 'READ', 'group', `p.${name}.${stage}`)).toBe(true)
        expect(may(principal, 'WRITE', 'transactional-id', `p.${name}.${stage}.0`)).toBe(true)
        expect(may(principal, 'WRITE', 'transactional-id', `p.${name}.${stage}.start`)).toBe(true)
      }
    },
  )

  it('a state is read and written by its own service alone', () => {
    const states = allTopics.filter(topic => topic.partitioning === 'task')
    expect(states.length).toBeGreaterThan(3)
    for (const { name, writers } of states) {
      expect(whoMay('WRITE', name)).toEqual(writers)
      expect(whoMay('READ', name)).toEqual([...writers, 'operator'])
    }
  })

  it('those outside read what they are for, and write nothing but raw alerts', () => {
    const written = (name: string) => allTopics.filter(topic => whoMay('WRITE', topic.name).includes(name))
    const read = (name: string) => allTopics.filter(topic => whoMay('READ', topic.name).includes(name))
    expect(['siem', 'reader', 'operator', 'admin'].flatMap(written)).toEqual([])
    expect(written('sender').map(topic => topic.name)).toEqual(['alerts.raw'])
    expect(read('siem').map(topic => topic.name)).toEqual(['ecs'])
    expect(read('reader').map(topic => topic.name)).not.toContain('alerts.raw')
    expect(read('operator')).toEqual([...allTopics])
    expect([...read('admin'), ...read('sender')]).toEqual([])
  })

  it('nobody may work under the groups and transactional ids of another', () => {
    for (const { name, rights } of principals) {
      const own = name === 'api' ? 'ingest' : name
      const others = rights.filter(({ resource, name: of, operations }) => {
        const acts = operations.some(operation => operation === 'READ' || operation === 'WRITE')
        return resource !== 'topic' && acts && !of.startsWith(`p.${own}.`)
      })
      expect(others).toEqual([])
    }
  })

  it('without a prefix, a right to everything is the wildcard, which Kafka knows', () => {
    const everything = principalsOf('').flatMap(each => each.rights.filter(right => right.name === '*'))
    expect(everything.map(right => [right.resource, right.pattern])).toEqual([
      ['topic', 'literal'],
      ['group', 'literal'],
      ['topic', 'literal'],
    ])
  })
})

describe("the commands of Kafka's own tool", () => {
  it('give each right, those that are alike at once', () => {
    const commands = kafkaAclCommands([
      {
        name: 'mirror',
        what: '',
        rights: [
          { resource: 'topic', name: 'p.alerts', pattern: 'literal', operations: ['READ', 'DESCRIBE_CONFIGS'] },
          { resource: 'topic', name: 'p.responses', pattern: 'literal', operations: ['READ', 'DESCRIBE_CONFIGS'] },
          { resource: 'transactional-id', name: 'p.mirror.ecs.', pattern: 'prefixed', operations: ['WRITE'] },
        ],
      },
    ])
    expect(commands).toEqual([
      "acls --add --allow-principal User:mirror --operation Read --operation DescribeConfigs --topic 'p.alerts' --topic 'p.responses'",
      "acls --add --allow-principal User:mirror --operation Write --resource-pattern-type prefixed --transactional-id 'p.mirror.ecs.'",
    ])
  })
})
