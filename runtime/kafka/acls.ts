import type { AclEntry, Admin } from 'kafkajs'
import { kafkaClient } from './client.ts'
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from './kafkajs.ts'
import { type KafkaOptions, settingsFrom } from './options.ts'

/** A right on the brokers, in Kafka's words: `TOPIC`, `PREFIXED`, `READ`. */
export type Acl = {
  readonly principal: string
  readonly resource: 'TOPIC' | 'GROUP' | 'TRANSACTIONAL_ID'
  readonly name: string
  readonly pattern: 'LITERAL' | 'PREFIXED'
  readonly operation: keyof typeof AclOperationTypes
}

/** Gives rights, for tests on brokers that refuse whoever has none. The login must be one that may alter the cluster. */
export async function giveRights(options: KafkaOptions, acls: readonly Acl[]): Promise<void> {
  const admin: Admin = kafkaClient(settingsFrom(options), 'admin').admin()
  await admin.connect()
  try {
    await admin.createAcls({ acl: acls.map(entryOf) })
  } finally {
    await admin.disconnect()
  }
}

function entryOf({ principal, resource, name, pattern, operation }: Acl): AclEntry {
  return {
    principal,
    host: '*',
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
    resourceType: AclResourceTypes[resource],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes[pattern],
  }
}
