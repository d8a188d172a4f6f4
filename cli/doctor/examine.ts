import type { Log } from '../../runtime/log.ts'
import type { Registry } from '../../runtime/registry.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import type { Address } from '../connection.ts'
import { driftOf } from '../verbs/topic.ts'
import {
  type ApiProbe,
  checkApi,
  checkBrokers,
  checkFiles,
  checkNode,
  checkRegistry,
  checkSchemas,
  checkSettings,
  checkTopics,
} from './checks.ts'
import { type Finding, wrong } from './finding.ts'
import type { Loaded } from './load-service.ts'

/** What is looked at, and by what: all of it can be a fake. */
export type Patient = {
  readonly nodeVersion: string
  readonly settingProblems: readonly string[]
  readonly address: Address
  /** Where the topics were created with another number than the catalogue's. */
  readonly partitions?: number
  reachBroker(address: string): Promise<void>
  statusOf(url: string): Promise<number>
  readonly api: ApiProbe
  /** Asked for only where a broker answers. */
  log(): Log
  /** Asked for only where the registry answers. */
  registry(url: string): Registry
  missingSchemas(registry: Registry): Promise<readonly string[]>
  loadFiles(): Promise<readonly (readonly [what: string, loaded: Loaded])[]>
}

/** Every check, in the order in which one mends; none stops the others. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const { address } = patient
  const brokers = await checkBrokers(listOf(address.brokers), patient.reachBroker)
  const registry = await checkRegistry(address.registry, patient.statusOf)
  return [
    checkNode(patient.nodeVersion),
    ...checkSettings(patient.settingProblems),
    ...brokers,
    registry,
    ...(await topicFindings(
      patient,
      brokers.some(each => each.ok),
    )),
    ...(await schemaFindings(patient, registry.ok)),
    ...(await checkApi(address.api, address.key, patient.api)),
    ...(await patient.loadFiles()).flatMap(([what, loaded]) => checkFiles(what, loaded)),
  ]
}

async function topicFindings(patient: Patient, isReachable: boolean): Promise<readonly Finding[]> {
  if (!isReachable) return [wrong('topics: cannot be looked at, since no broker answers', 'mend the brokers first')]
  const log = patient.log()
  try {
    const { partitions } = patient
    const { prefix } = patient.address
    const specs = topicSpecs(allTopics, { prefix, ...(partitions === undefined ? {} : { partitions }) })
    return await checkTopics(specs.length, () => driftOf(log, specs))
  } finally {
    await log.close()
  }
}

async function schemaFindings(patient: Patient, isReachable: boolean): Promise<readonly Finding[]> {
  const { registry: url } = patient.address
  if (!isReachable || url === undefined)
    return [wrong('schemas: cannot be looked at, since no registry answers', 'mend the registry first')]
  const count = allTopics.filter(each => each.schema).length
  return checkSchemas(count, () => patient.missingSchemas(patient.registry(url)))
}

function listOf(brokers: string | undefined): readonly string[] {
  return (brokers ?? '')
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
}
