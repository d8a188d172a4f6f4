import type { EcsDocument } from './ecs.ts'
import type * as types from './generated/types.ts'
import type { StateTopic, Topic, Writer } from './topic.ts'

/** Every topic, declared once: creation, types, tables and checks come from here. */

const day = 24 * 60 * 60 * 1000
const MiB = 1024 * 1024

type Declared = Pick<Topic, 'name' | 'what' | 'key' | 'partitioning' | 'writers'> & Partial<Topic>

function topic<Value>(declared: Declared): Topic<Value> {
  return {
    partitions: 6,
    cleanup: 'delete',
    retentionMs: null,
    maxMessageBytes: MiB,
    compatibility: 'FULL_TRANSITIVE',
    highestTlp: 'RED',
    schema: true,
    ...declared,
  } as Topic<Value>
}

/** A changelog: compacted, written by its own task alone, restored whole. */
function state<Value>(name: string, writer: Writer, what: string, partitions = 6): StateTopic<Value> {
  const declared = {
    name,
    what,
    partitions,
    key: 'kind\\|entry',
    partitioning: 'task' as const,
    writers: [writer],
    cleanup: 'compact' as const,
    compatibility: 'BACKWARD_TRANSITIVE' as const,
  }
  return { ...topic<Value>(declared), partitioning: 'task' }
}

export const topics = {
  alertsRaw: topic<never>({
    name: 'alerts.raw',
    what: 'any bytes, untouched',
    key: "the source's own, or none",
    partitioning: 'any',
    writers: ['api', 'sender'],
    retentionMs: 14 * day,
    maxMessageBytes: 4 * MiB,
    compatibility: 'none',
    schema: false,
  }),
  alerts: topic<types.AlertRecord>({
    name: 'alerts',
    what: 'normalised alerts with their observables; rejections and suppressions',
    key: 'domain#alertId',
    partitioning: 'domain',
    writers: ['ingest'],
    retentionMs: 30 * day,
    maxMessageBytes: 4 * MiB,
  }),
  caseEvents: topic<types.CaseEvent>({
    name: 'case-events',
    what: 'the record: each fact, its cause, and the summary of the case after it',
    key: 'domain#caseId',
    partitioning: 'domain',
    writers: ['case-builder'],
  }),
  cases: topic<types.CaseRecord>({
    name: 'cases',
    what: 'the latest summary of each case (at most 16 kB); an output, never restored from',
    key: 'domain#caseId',
    partitioning: 'domain',
    writers: ['case-builder'],
    cleanup: 'compact',
  }),
  observables: topic<types.ObservableRecord>({
    name: 'observables',
    what: 'written on first sight, on a TLP or PAP change, or once a day',
    key: 'type\\|value\\|domain',
    keyTail: 1,
    partitioning: 'observable',
    writers: ['case-builder'],
    cleanup: 'compact,delete',
    retentionMs: 90 * day,
  }),
  indicators: topic<types.IndicatorRecord>({
    name: 'indicators',
    what: 'indicators from MISP and feeds; a tombstone withdraws one',
    key: 'type\\|value\\|scope\\|source\\|uuid',
    keyTail: 3,
    partitioning: 'observable',
    writers: ['misp-sync'],
    cleanup: 'compact',
  }),
  analysisJobs: topic<types.JobRecord>({
    name: 'analysis.jobs',
    what: 'analyses to run, each with `notAfter`',
    key: 'analyzer\\|type\\|value',
    partitioning: 'key',
    writers: ['analyzer-dispatcher'],
    retentionMs: 7 * day,
  }),
  analysisResults: topic<types.ResultRecord>({
    name: 'analysis.results',
    what: 'reports, failures, refusals, and matches with indicators',
    key: 'domain#type\\|value',
    partitioning: 'domain',
    writers: ['analyzer-dispatcher', 'misp-sync'],
    retentionMs: 90 * day,
  }),
  responses: topic<types.ResponseEvent>({
    name: 'responses',
    what: "each action's life",
    key: 'domain#actionId',
    partitioning: 'domain',
    writers: ['responder'],
  }),
  responderOutcomes: topic<types.OutcomeRecord>({
    name: 'responder.outcomes',
    what: 'what came of each call; internal to responder',
    key: 'domain#actionId',
    partitioning: 'domain',
    writers: ['responder'],
    retentionMs: 7 * day,
    compatibility: 'BACKWARD_TRANSITIVE',
  }),
  commands: topic<types.CommandRecord>({
    name: 'commands',
    what: 'what people asked for, stamped with actor, tenant and roles',
    key: 'domain#commandId',
    partitioning: 'domain',
    writers: ['api'],
  }),
  ecs: topic<EcsDocument>({
    name: 'ecs',
    what: 'the mirror for SIEMs that read no Avro: one ECS document an event, nothing above AMBER; empty unless the mirror runs',
    key: 'event id',
    partitioning: 'key',
    writers: ['mirror'],
    retentionMs: 7 * day,
    maxMessageBytes: 4 * MiB,
    compatibility: 'none',
    highestTlp: 'AMBER',
    schema: false,
    json: true,
  }),
  dlq: topic<types.DeadLetterRecord>({
    name: 'dlq',
    what: 'dead letters: code, reason, bytes, origin',
    key: 'as the failed record',
    partitioning: 'any',
    writers: ['every service'],
    retentionMs: 30 * day,
    maxMessageBytes: 5 * MiB,
  }),
  rulesets: topic<types.RulesetRecord>({
    name: 'rulesets',
    what: 'rule and playbook sets by their hash; internal',
    key: 'hash',
    partitioning: 'key',
    partitions: 1,
    writers: ['every service'],
    cleanup: 'compact',
    compatibility: 'BACKWARD_TRANSITIVE',
  }),
} as const

export const states = {
  caseBuilderFold: state<types.FoldState>(
    'case-builder.fold.state',
    'case-builder',
    'domains, fingerprints, cases, sightings, opinions',
  ),
  dispatcherPlan: state<types.PlanState>(
    'analyzer-dispatcher.plan.state',
    'analyzer-dispatcher',
    'analyses asked for within the hour',
  ),
  mispPull: state<types.PullState>('misp-sync.pull.state', 'misp-sync', 'how far each source was read', 1),
  mispJoin: state<types.JoinState>('misp-sync.join.state', 'misp-sync', 'both sides of the join'),
  responderDecide: state<types.DecideState>('responder.decide.state', 'responder', 'open actions and limits'),
  responderAct: state<types.ActState>('responder.act.state', 'responder', 'calls whose outcome is not recorded'),
} as const

export const allTopics: readonly Topic[] = [...Object.values(topics), ...Object.values(states)]
