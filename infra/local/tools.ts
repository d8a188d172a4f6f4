import { join } from 'node:path'
import { kafkaToolsJars, versions } from './artifact.ts'
import { findJavas, javasForStack } from './java.ts'

export type ToolOptions = {
  /** A folder of jars instead of Kafka's tools. */
  readonly jars?: string
  /** Absent: the pinned version. */
  readonly kafkaVersion?: string
  readonly env?: NodeJS.ProcessEnv
  readonly log?: (line: string) => void
}

/**
 * The command that runs a main class on local Java, such as `org.apache.kafka.tools.consumer.ConsoleConsumer`: Kafka's own
 * clients, to look at a log without ours. Fetches the tools where they are not here yet. What they log goes to stderr.
 *
 * Throws VIG_BROKER_ABSENT, which says what to install.
 */
export async function javaTool(
  mainClass: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<{ command: string; args: string[] }> {
  const env = options.env ?? process.env
  const { broker: java } = javasForStack(await findJavas(env), false)
  const version = options.kafkaVersion ?? versions.kafka
  const jars = options.jars ?? (await kafkaToolsJars(version, env, options.log ?? (() => {})))
  return { command: java.command, args: toolArguments(jars, mainClass, args) }
}

/** For Java: little memory, a quick start, and no files left behind. */
export function toolArguments(jars: string, mainClass: string, args: readonly string[]): string[] {
  const flags = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData']
  return [...flags, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', join(jars, '*'), mainClass, ...args]
}
