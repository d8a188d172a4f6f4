import { partIdOf, rawIdOf } from '../../../core/ids.ts'

/**
 * What a run left behind, as the checkers take it: plain data, so that a broken one can be written down in a test. Topics are
 * without the prefix. Order does not matter: a record's place says it.
 */
export type History = {
  /** Every record in `alerts.raw`, whoever wrote it. */
  readonly raw: readonly { readonly partition: number; readonly offset: number }[]
  /** What the source was told is written, and how many parts it had put in. Known without asking the pipeline. */
  readonly sent: readonly Sent[]
  /** Every event of every topic; no changelogs. */
  readonly events: readonly HistoryEvent[]
  /** Records of event topics that hold no event: tombstones, and what no one can read. */
  readonly others: readonly Place[]
  /** The stages whose ticks and pages may be causes. */
  readonly stages: readonly StageName[]
}

export type Place = { readonly topic: string; readonly partition: number; readonly offset: number }

export type Sent = { readonly partition: number; readonly offset: number; readonly parts: number }

/** An event, as far as the checkers ask: most of an envelope, and what an outcome is told by. */
export type HistoryEvent = Place & {
  readonly id: string
  readonly causeId: string
  readonly domain: string
  readonly at: number
  readonly seq: number | null
  readonly kind: string
  /** Of a record of `alerts`: how many parts its raw record has. */
  readonly parts?: number
  /** Of the case events that link or repeat an alert: the id of the alert. */
  readonly alertId?: string
  /** Of a dead letter: the record it is about. */
  readonly dead?: Place
  /** Of what is about one observable: `<type>|<value>`. */
  readonly observable?: string
  /** Of a linked alert: all of its observables. */
  readonly observables?: readonly string[]
  /** Of jobs, reports, failures and refusals: its id. */
  readonly analyzer?: string
  /** Of an indicator and of a match with it: its uuid. */
  readonly indicator?: string
  /** Of a case event: the case after it. */
  readonly case?: CaseThen
  /** Of a response, where it is about an action. */
  readonly action?: ActionThen
}

export type CaseThen = { readonly caseId: string; readonly verdict: string; readonly severity: string }

export type ActionThen = {
  readonly actionId: string
  readonly caseId: string
  readonly rule: string
  /** From this record on it is to be done: planned live without a question, or approved. */
  readonly goes: boolean
  /** Planned in the place of many, and not for its own case. */
  readonly isDigest: boolean
}

/** `name` enters event ids; `group` is the prefix and the name; `partitions` are the numbers its tasks may have, from 0. */
export type StageName = { readonly name: string; readonly group: string; readonly partitions: number }

export const rawTopic = 'alerts.raw'

export function placeOf({ topic, partition, offset }: Place): string {
  return `${topic}/${partition}/${offset}`
}

/**
 * The parts of every raw record that is there: as many as the source put in. What nobody was told of (poison, an append without its
 * answer) says itself how many it has.
 */
export function partsOf({ raw, sent, events }: History): readonly string[] {
  const counts = new Map<string, number>()
  for (const { topic, causeId, parts } of events) {
    if (topic !== 'alerts' || parts === undefined) continue
    const rawId = causeId.slice(0, causeId.lastIndexOf('#'))
    counts.set(rawId, Math.max(counts.get(rawId) ?? 0, parts))
  }
  for (const { partition, offset, parts } of sent) counts.set(rawIdOf(rawTopic, partition, offset), parts)
  return raw.flatMap(({ partition, offset }) => {
    const rawId = rawIdOf(rawTopic, partition, offset)
    return Array.from({ length: counts.get(rawId) ?? 1 }, (_, part) => partIdOf(rawId, part))
  })
}
