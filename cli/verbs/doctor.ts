import { type AccessSettings, accessNames, settings } from '../../core/settings.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { confluentRegistry } from '../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import { kafkaAccess, registryAccess } from '../../runtime/kafka/security.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import { addressFrom } from '../connection.ts'
import { examine } from '../doctor/examine.ts'
import { findingText } from '../doctor/finding.ts'
import { loadFiles, settingProblems } from '../doctor/load-service.ts'
import { httpProbe, missingSchemas, reachTcp, registryProbe } from '../doctor/probes.ts'
import { environmentOfChain } from '../run-file.ts'
import { shippedConfig } from '../up/defaults.ts'
import { type Flags, numberFlag, type Verb } from '../verb.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Looks at everything that the chain stands on, and says how to mend what is wrong; exits 3 where anything is. */
export const doctor: Verb = {
  name: 'doctor',
  usage: '[--partitions N]',
  summary: 'what is wrong, and how to mend it',
  options: { partitions: { type: 'string' } },
  async run(_positionals, flags, io) {
    const findings = await examine(patientOf(flags, environmentOfChain(io.env, shippedConfig)))
    const isWell = findings.every(each => each.ok)
    io.out(flags.json === true ? JSON.stringify({ ok: isWell, findings }) : findings.map(findingText).join('\n'))
    return isWell ? 0 : 3
  },
}

function patientOf(flags: Flags, env: Env) {
  const address = addressFrom(flags, knownOnly(env))
  const partitions = numberFlag(flags, 'partitions')
  const access = accessOf(knownOnly(env))
  const files = [
    ['sources and warninglists', 'ingest'],
    ['analyzers file', 'analyzer-dispatcher'],
    ['MISP sources file', 'misp-sync'],
    ['playbooks and targets', 'responder'],
  ] as const
  return {
    nodeVersion: process.versions.node,
    settingProblems: settingProblems(env, accessNames),
    address,
    ...(partitions === undefined ? {} : { partitions }),
    reachBroker: reachTcp,
    statusOf: registryProbe(registryAccess(access)),
    api: httpProbe,
    log: () =>
      kafkaLog({ brokers: (address.brokers ?? '').split(','), clientId: 'vigia-doctor', ...kafkaAccess(access) }),
    registry: (url: string) => confluentRegistry(url, 'vigia-doctor', registryAccess(access)),
    missingSchemas: (registry: ReturnType<typeof confluentRegistry>) =>
      missingSchemas(registry, allTopics, address.prefix),
    loadFiles: () => Promise.all(files.map(async ([what, service]) => [what, await loadFiles(service, env)] as const)),
  }
}

/** Settings that do not fit together are a finding too: what is left is looked at without them. */
function accessOf(env: Env): AccessSettings {
  try {
    return readSettings(env, accessNames)
  } catch {
    return readSettings({}, accessNames)
  }
}

/** Unknown names are a finding, and must not keep the others from being looked at. */
function knownOnly(env: Env): Env {
  const isKnown = (name: string) => !name.startsWith('VIGIA_') || name.replace(/_FILE$/, '') in settings
  return Object.fromEntries(Object.entries(env).filter(([name]) => isKnown(name)))
}
