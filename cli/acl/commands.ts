import type { Principal, Right } from './rights.ts'

const flags = { topic: '--topic', group: '--group', 'transactional-id': '--transactional-id' } as const

/** What gives these rights, for Kafka's own tool: one command for what is alike. To be run by who may alter the cluster. */
export function kafkaAclCommands(principals: readonly Principal[]): readonly string[] {
  return principals.flatMap(({ name, rights }) => {
    const alike = new Map<string, Right[]>()
    for (const right of rights) {
      const key = `${right.resource} ${right.pattern} ${right.operations}`
      alike.set(key, [...(alike.get(key) ?? []), right])
    }
    return [...alike.values()].map(group => commandFor(name, group))
  })
}

function commandFor(principal: string, rights: readonly Right[]): string {
  const [{ resource, pattern, operations } = { resource: 'topic', pattern: 'literal', operations: [] } as const] =
    rights
  return [
    `acls --add --allow-principal User:${principal}`,
    ...operations.map(operation => `--operation ${spoken(operation)}`),
    ...(pattern === 'prefixed' ? ['--resource-pattern-type prefixed'] : []),
    ...rights.map(right => `${flags[resource]} '${right.name}'`),
  ].join(' ')
}

function spoken(operation: string): string {
  return operation
    .split('_')
    .map(word => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join('')
}

/** The commands as a script. */
export function kafkaAclScript(principals: readonly Principal[]): string {
  return [
    '#!/bin/sh',
    "# Vigía's rights on a Kafka cluster, from the catalogue (`vigia acl`; docs/acls.md). To be run by who may alter it:",
    '#   KAFKA_BOOTSTRAP=host:port KAFKA_COMMAND_CONFIG=admin.properties sh kafka-acls.sh',
    '# Names of users are those of User:<name>; change them to those that your brokers know.',
    'set -eu',
    'acls() {',
    '  kafka-acls.sh --bootstrap-server "$KAFKA_BOOTSTRAP" --command-config "$KAFKA_COMMAND_CONFIG" "$@"',
    '}',
    ...kafkaAclCommands(principals),
    '',
  ].join('\n')
}
