import type { Codec, DecodedValue } from '../../../runtime/codec.ts'
import type { Log, LogRecord } from '../../../runtime/log.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { AlertRecord, CaseEvent, DeadLetterRecord, Envelope } from '../../../schemas/generated/types.ts'
import type { Topic } from '../../../schemas/topic.ts'
import type { History, HistoryEvent, Place, Sent, StageName } from './history.ts'

export type HistorySource = {
  readonly log: Log
  readonly codec: Codec
  readonly prefix: string
  /** What the source knows to be written. */
  readonly sent: readonly Sent[]
  /** `<service>.<stage>` of every stage that ticks or polls. */
  readonly stages: readonly string[]
  /** Of the topics of the run: the tasks of a stage have as many numbers, at most. */
  readonly partitions: number
}

/** Reads every event topic to its end, committed records only. */
export async function readHistory({ log, codec, prefix, sent, stages, partitions }: HistorySource): Promise<History> {
  const raw: Place[] = []
  const events: HistoryEvent[] = []
  const others: Place[] = []
  for (const topic of Object.values<Topic>(topics)) {
    for await (const records of log.read(prefix + topic.name, { from: 'beginning', until: 'end' })) {
      await codec.learn(topic.schema ? records.map(record => record.value) : [])
      for (const record of records) {
        const place = { topic: topic.name, partition: record.partition, offset: record.offset }
        const value = topic.schema ? read(codec, topic, record) : undefined
        if (!topic.schema) raw.push(place)
        else if (value === undefined) others.push(place)
        else events.push(eventOf(place, value))
      }
    }
  }
  const named = stages.map((name): StageName => ({ name, group: prefix + name, partitions }))
  return { raw, sent, events, others, stages: named }
}

function read(codec: Codec, topic: Topic, { value }: LogRecord): DecodedValue | undefined {
  if (value === null) return undefined
  try {
    return codec.decode(topic, value)
  } catch {
    // What no one can read was dead-lettered by whoever met it; it is a place all the same.
    return undefined
  }
}

/** What the checkers ask of a decoded value of this topic. */
export function eventOf(place: Place, value: DecodedValue): HistoryEvent {
  const { id, causeId, domain, at, seq } = value as unknown as Envelope
  const event = { ...place, id, causeId, domain, at, seq, kind: value.kind }
  if (place.topic === topics.alerts.name) {
    const record = value as unknown as AlertRecord
    const body =
      record.kind === 'alert' ? record.alert : record.kind === 'rejection' ? record.rejection : record.suppression
    return { ...event, parts: body.parts }
  }
  if (place.topic === topics.caseEvents.name) {
    const record = value as unknown as CaseEvent
    if (record.kind === 'alert-linked') return { ...event, alertId: record.alertLinked.alertId }
    if (record.kind === 'alert-repeated') return { ...event, alertId: record.alertRepeated.alertId }
  }
  if (place.topic === topics.dlq.name) {
    const { topic, partition, offset } = (value as unknown as DeadLetterRecord).deadLetter
    return { ...event, dead: { topic, partition, offset } }
  }
  return event
}
