import './fixes/load.ts'
import { createRequire } from 'node:module'

/** kafkajs, loaded after its fixes. Nothing else in Vigía imports it but for types. */
const kafkajs = createRequire(import.meta.url)('kafkajs') as typeof import('kafkajs')

export const { AssignerProtocol, ConfigResourceTypes, Kafka, logLevel } = kafkajs
export const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs
