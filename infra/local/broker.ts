import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type NodeSpec, serverProperties } from './properties.ts'

/** One Kafka broker that is also a controller (KRaft), on 127.0.0.1. */
export type Broker = NodeSpec & {
  readonly java: string
  readonly jars: string
  readonly heapMb: number
}

export const brokerLog = (folder: string): string => join(folder, 'kafka.log')
const propertiesFile = (folder: string): string => join(folder, 'server.properties')

/** Writes the properties, which only this user may read: they may hold secrets. */
export async function writeProperties(broker: Broker): Promise<void> {
  const file = propertiesFile(broker.folder)
  // A file that is written over keeps its old mode.
  await rm(file, { force: true })
  await writeFile(file, serverProperties(broker), { mode: 0o600, flag: 'wx' })
}

/** The cluster that the node's log folder belongs to; undefined where it is new and must be formatted first. */
export async function clusterOf(folder: string): Promise<string | undefined> {
  const written = await readFile(join(folder, 'log', 'meta.properties'), 'utf8').catch(() => '')
  return /^cluster\.id=(.+)$/m.exec(written)?.[1]
}

export function formatArguments(broker: Broker, clusterId: string, more: readonly string[]): string[] {
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', propertiesFile(broker.folder)]
  return [...jvm(broker), ...format, ...more]
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

function jvm({ folder, jars, heapMb }: Broker): string[] {
  const logging = '-Dorg.slf4j.simpleLogger'
  return [
    ...jvmFlags(folder, heapMb),
    `${logging}.defaultLogLevel=warn`,
    `${logging}.log.kafka.server.KafkaRaftServer=info`,
    `${logging}.showDateTime=true`,
    '-cp',
    join(jars, '*'),
  ]
}

/** What `random-uuid` prints, without a JVM: 16 bytes in base64url, never with a leading dash. */
export function newClusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? newClusterId() : id
}
