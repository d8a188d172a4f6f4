import { randomBytes } from 'node:crypto'
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One Kafka broker that is its own controller (KRaft), on 127.0.0.1. */
export type Broker = {
  readonly java: string
  readonly jars: string
  readonly folder: string
  readonly port: number
  readonly controllerPort: number
}

/** What suits tests on any broker: small internal topics, no waiting for a first group member, short sessions. */
export const brokerSettings = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'auto.create.topics.enable': 'false',
  // After a SIGKILL the controller takes the broker back only when its old session has run out (9 s by default).
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '4000',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
} as const

function brokerProperties({ folder, port, controllerPort }: Broker): string {
  return Object.entries({
    ...brokerSettings,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'log.dirs': join(folder, 'log'),
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

export const brokerLog = (folder: string): string => join(folder, 'kafka.log')
const propertiesFile = (folder: string): string => join(folder, 'server.properties')

/** Writes the properties; true where the log folder is new and must be formatted before the first start. */
export async function prepareBroker(broker: Broker): Promise<boolean> {
  await writeFile(propertiesFile(broker.folder), brokerProperties(broker))
  return access(join(broker.folder, 'log', 'meta.properties')).then(
    () => false,
    () => true,
  )
}

export function formatArguments(broker: Broker): string[] {
  return [...jvm(broker), 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', propertiesFile(broker.folder)]
}

export function brokerArguments(broker: Broker): string[] {
  return [...jvm(broker), 'kafka.Kafka', propertiesFile(broker.folder)]
}

/** How often the log tells that the broker is up: once for each start. */
export async function startsTold(folder: string): Promise<number> {
  const log = await readFile(brokerLog(folder), 'utf8').catch(() => '')
  return log.split('Kafka Server started').length - 1
}

/** JVM settings for a process that lives for minutes on a small machine and leaves nothing outside its folder. */
export function jvmFlags(folder: string, heapMb: number): string[] {
  return [
    `-Xmx${heapMb}m`,
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    '-XX:-UsePerfData',
    `-XX:ErrorFile=${join(folder, 'java-error.log')}`,
    `-Djava.io.tmpdir=${join(folder, 'tmp')}`,
  ]
}

function jvm({ folder, jars }: Broker): string[] {
  const logging = '-Dorg.slf4j.simpleLogger'
  return [
    ...jvmFlags(folder, 512),
    `${logging}.defaultLogLevel=warn`,
    `${logging}.log.kafka.server.KafkaRaftServer=info`,
    `${logging}.showDateTime=true`,
    '-cp',
    join(jars, '*'),
  ]
}

/** What `random-uuid` prints, without a JVM: 16 bytes in base64url, never with a leading dash. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? clusterId() : id
}
