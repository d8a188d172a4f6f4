import { VigiaError } from '../../core/errors.ts'
import type { Topic } from '../../schemas/topic.ts'
import { type Codec, schemaText } from '../codec.ts'
import type { Log } from '../log.ts'
import type { Service, Stage } from '../stage.ts'
import type { Observer } from './observer.ts'

/** What the engine runs on; the same for every service of a process. */
export type EngineOptions = {
  readonly log: Log
  readonly codec: Codec
  readonly prefix: string
  /** Epoch ms; the only clock. Enters `processTime`, ticks, and the `at` of facts from outside. */
  readonly clock: () => number
  readonly observer: Observer
  /** A transaction is closed at about this many bytes per output partition. */
  readonly transactionBytes?: number
  /**
   * A task begins its next batch no sooner than this after the last one, in ms: under load what has come meanwhile then shares one
   * transaction, whose cost is that of its markers rather than of its records. Where less comes nothing waits. Absent: 0.
   */
  readonly leastMsBetween?: number
}

export type Input = { readonly name: string; readonly topic: Topic; readonly kinds: ReadonlySet<string> }

/** One stage, compiled: topics by their full names, partitions as the cluster has them. */
export type StageRun = EngineOptions & {
  readonly service: string
  /** `<service>.<stage>`: the consumer group and the name that enters event ids. */
  readonly name: string
  readonly group: string
  readonly stage: Stage
  readonly inputs: ReadonlyMap<string, Input>
  /** Full names of the topics that no other stage and no other service writes. */
  readonly outputs: readonly string[]
  readonly partitions: ReadonlyMap<string, number>
  /** What it may write, by the name without prefix: its full name, and how many partitions it has. */
  readonly writable: ReadonlyMap<string, { readonly name: string; readonly partitions: number }>
  readonly dlq: Topic
}

/** The topics that a service reads, remembers or writes, by name, and those that every service may write. */
export function topicsOf(service: Service, always: readonly Topic[]): ReadonlyMap<string, Topic> {
  const stages = Object.values(service.stages)
  const used = stages.flatMap(stage => [
    ...Object.values(stage.reads),
    ...stage.writes,
    ...(stage.remembers ? [stage.remembers] : []),
  ])
  return new Map([...used, ...always].map(topic => [topic.name, topic]))
}

/** Compiles all stages of a service; rejects with `VIG_TOPIC_MISFIT` naming every topic that is missing or unequal. */
export async function compileStages(
  service: Service,
  dlq: Topic,
  rulesets: Topic,
  options: EngineOptions,
): Promise<readonly StageRun[]> {
  const stages = Object.entries(service.stages)
  const used = topicsOf(service, [dlq, rulesets])
  const described = await options.log.describeTopics([...used.keys()].map(name => options.prefix + name))
  const partitions = new Map<string, number>()
  const missing: string[] = []
  for (const name of used.keys()) {
    const found = described.get(options.prefix + name)
    if (found === undefined) missing.push(options.prefix + name)
    else partitions.set(name, found.partitions)
  }
  const problems = [...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []), ...unequal(used, partitions)]
  if (problems.length > 0) throw new VigiaError('VIG_TOPIC_MISFIT', problems.join('; '))
  return stages.map(([name, stage]) => ({
    ...options,
    service: service.name,
    name: `${service.name}.${name}`,
    group: `${options.prefix}${service.name}.${name}`,
    stage,
    inputs: new Map(
      Object.entries(stage.reads).map(([input, topic]) => [options.prefix + topic.name, compileInput(input, topic)]),
    ),
    outputs: ownOutputs(service, stage).map(topic => options.prefix + topic.name),
    partitions,
    writable: new Map(
      [...stage.writes, dlq].map(({ name: topic }) => [
        topic,
        { name: options.prefix + topic, partitions: partitions.get(topic) ?? 1 },
      ]),
    ),
    dlq,
  }))
}

/** What is there was written by this stage: then it has worked before. */
function ownOutputs(service: Service, stage: Stage): Topic[] {
  const others = Object.values(service.stages).filter(other => other !== stage)
  return stage.writes.filter(topic => {
    const isServicesOwn = topic.writers.length === 1 && topic.writers[0] === service.name
    return isServicesOwn && !others.some(other => other.writes.some(written => written.name === topic.name))
  })
}

function compileInput(name: string, topic: Topic): Input {
  const fields = topic.schema ? (JSON.parse(schemaText(topic)) as { fields: { kind?: string }[] }).fields : []
  return { name, topic, kinds: new Set(fields.flatMap(field => (field.kind === undefined ? [] : [field.kind]))) }
}

/** Topics partitioned by the same thing must have equally many partitions, or a key would lead to two numbers. */
function unequal(used: ReadonlyMap<string, Topic>, partitions: ReadonlyMap<string, number>): string[] {
  return (['domain', 'observable'] as const).flatMap(by => {
    const counts = [...used.values()]
      .filter(topic => topic.partitioning === by)
      .map(topic => [topic.name, partitions.get(topic.name)] as const)
    const distinct = new Set(counts.map(([, count]) => count).filter(count => count !== undefined))
    return distinct.size > 1
      ? [`partitioned by ${by} but unequal: ${counts.map(([name, count]) => `${name} has ${count}`).join(', ')}`]
      : []
  })
}
