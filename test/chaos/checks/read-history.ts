import type { Codec, DecodedValue } from '../../../runtime/codec.ts'
import type { Log, LogRecord } from '../../../runtime/log.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type {
  AlertRecord,
  CaseEvent,
  DeadLetterRecord,
  Envelope,
  IndicatorRecord,
  JobRecord,
  ObservableRecord,
  ResponseEvent,
  ResultRecord,
} from '../../../schemas/generated/types.ts'
import type { Topic } from '../../../schemas/topic.ts'
import { type History, type HistoryEvent, type Place, rawTopic, type Sent, type StageName } from './history.ts'

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
        if (topic.name === rawTopic) raw.push(place)
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
  return { ...place, id, causeId, domain, at, seq, kind: value.kind, ...bodies[place.topic]?.(value as never) }
}

type Body = Partial<HistoryEvent>

const bodies: Readonly<Record<string, (value: never) => Body>> = {
  [topics.alerts.name]: ofAlert,
  [topics.caseEvents.name]: ofCase,
  [topics.dlq.name]({ deadLetter: { topic, partition, offset } }: DeadLetterRecord): Body {
    return { dead: { topic, partition, offset } }
  },
  [topics.observables.name]: ({ observable }: ObservableRecord): Body => ({ observable: named(observable) }),
  [topics.indicators.name]({ indicator }: IndicatorRecord): Body {
    return { observable: named(indicator), indicator: indicator.uuid }
  },
  [topics.analysisJobs.name]: ({ job }: JobRecord): Body => ({ observable: named(job), analyzer: job.analyzer }),
  [topics.analysisResults.name]: ofResult,
  [topics.responses.name]: ofResponse,
}

function ofAlert(record: AlertRecord): Body {
  const body =
    record.kind === 'alert' ? record.alert : record.kind === 'rejection' ? record.rejection : record.suppression
  return { parts: body.parts }
}

function ofCase(record: CaseEvent): Body {
  const about = record.case
  const then =
    about === null ? {} : { case: { caseId: about.caseId, verdict: about.verdict, severity: about.severity } }
  if (record.kind === 'alert-linked') {
    const { alertId, observables } = record.alertLinked
    return { ...then, alertId, observables: observables.map(named) }
  }
  if (record.kind === 'alert-repeated') return { ...then, alertId: record.alertRepeated.alertId }
  if (record.kind === 'alert-suppressed') return { ...then, alertId: record.alertSuppressed.alertId }
  return then
}

function ofResult(record: ResultRecord): Body {
  if (record.kind === 'match') return { observable: named(record.match), indicator: record.match.indicatorUuid }
  const body = record.kind === 'report' ? record.report : record.kind === 'failure' ? record.failure : record.refusal
  return { observable: named(body), analyzer: body.analyzer }
}

function ofResponse(record: ResponseEvent): Body {
  const { action, kind } = record
  if (action === null) return {}
  const { actionId, caseId, rule, mode, approval } = action
  const goes = mode === 'live' && (kind === 'approved' || (kind === 'planned' && !approval))
  const isDigest = kind === 'planned' && record.planned.because.startsWith('digest: ')
  return { action: { actionId, caseId, rule, goes, isDigest } }
}

function named({ type, value }: { readonly type: string; readonly value: string }): string {
  return `${type}|${value}`
}
