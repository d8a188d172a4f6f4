import avro from 'avsc'
import type { Placed } from '../../cli/ledger/account.ts'
import { readAll } from '../../cli/ledger/read-ledger.ts'
import type { Codec } from '../../runtime/codec.ts'
import type { Log } from '../../runtime/log.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Envelope } from '../../schemas/generated/types.ts'
import type { Topic } from '../../schemas/topic.ts'

/** What a test reads back from the topics, committed records only. */
export type Source = { readonly log: Log; readonly codec: Codec; readonly prefix: string }

/** Every topic whose records carry the envelope: all of the catalogue that are Avro; changelogs are no events. */
export const eventTopics: readonly Topic[] = Object.values(topics).filter(topic => topic.schema)

export async function valuesOf<Value>({ log, codec, prefix }: Source, topic: Topic<Value>): Promise<readonly Value[]> {
  return (await readAll(log, codec, prefix, topic)).map(each => each.value)
}

/** `topic: id` of each event id that stands in its topic more than once. */
export async function repeatedIds(source: Source): Promise<readonly string[]> {
  const repeated: string[] = []
  for (const topic of eventTopics) {
    const seen = new Set<string>()
    for (const { id } of (await valuesOf(source, topic)) as readonly Envelope[]) {
      if (seen.has(id)) repeated.push(`${topic.name}: ${id}`)
      seen.add(id)
    }
  }
  return repeated
}

/** What is wrong with the `seq` of each domain of a record of decisions: nothing, where it is 1, 2, 3 … in the order of the log. */
export async function gaps(source: Source, topic: Topic): Promise<readonly string[]> {
  const { log, codec, prefix } = source
  const next = new Map<string, number>()
  const wrong: string[] = []
  for (const { value, partition, offset } of (await readAll(
    log,
    codec,
    prefix,
    topic,
  )) as readonly Placed<Envelope>[]) {
    const expected = next.get(value.domain) ?? 1
    if (value.seq !== expected)
      wrong.push(`${topic.name}/${partition}/${offset}: ${value.domain} has ${value.seq}, not ${expected}`)
    next.set(value.domain, (value.seq ?? expected) + 1)
  }
  return wrong
}

/**
 * The same counted a second way: without the codec and without the ledger, by the schemas as the registry gives them.
 * Answers how many records of each kind a topic holds.
 */
export async function kindsByRegistry(
  { log, prefix }: Source,
  registry: string,
  topic: Topic,
): Promise<Readonly<Record<string, number>>> {
  const types = new Map<number, avro.Type>()
  const counts: Record<string, number> = {}
  for await (const records of log.read(prefix + topic.name, { from: 'beginning', until: 'end' })) {
    for (const { value } of records) {
      if (value === null) continue
      const id = value.readUInt32BE(1)
      const type = types.get(id) ?? (await typeOf(registry, id))
      types.set(id, type)
      const { kind } = type.fromBuffer(value.subarray(5)) as { kind: string }
      counts[kind] = (counts[kind] ?? 0) + 1
    }
  }
  return counts
}

async function typeOf(registry: string, id: number): Promise<avro.Type> {
  const answer = await fetch(`${registry.replace(/\/$/, '')}/schemas/ids/${id}`)
  const { schema } = (await answer.json()) as { schema: string }
  return avro.Type.forSchema(JSON.parse(schema))
}
