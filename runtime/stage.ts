import type { Envelope, StateEnvelope } from '../schemas/generated/types.ts'
import type { StateTopic, Topic } from '../schemas/topic.ts'
import type { Decision, StateView } from './decision.ts'
import type { Producer } from './producer.ts'

/**
 * What a service is: stages, each with its own consumer group (`<service>.<stage>`), what it reads, remembers and
 * writes, and the pure functions that decide. The same declarations run on Kafka, in memory, in replay and in tests.
 */

/** A record of a topic that is not Avro (`alerts.raw`), as it was read. */
export type RawEvent = {
  readonly rawId: string
  /** LogAppendTime, epoch ms: the `at` of all that follows from it. */
  readonly at: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

/** What a handler gets for an input: the typed record, or the raw one where the topic has no schema. */
export type InputOf<T> = T extends Topic<infer Value> ? ([Value] extends [never] ? RawEvent : Value) : never

export type Context = {
  /**
   * Epoch ms. In handlers: task time, the highest `at` this task has seen, never the clock. In `performs`, `polls` and
   * ticks, which bring in facts from outside: the clock, read once and recorded as the `at` of what follows.
   */
  readonly now: number
  /** Where the input lies: topic (without prefix), partition, offset. */
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: number }
}

/** A decision: pure, a function of its arguments. A throw dead-letters the input as `VIG_DECISION_FAILED` (or its own code). */
export type Handler<State, Input> = (state: StateView<State>, input: Input, context: Context) => Decision

export type Reads = Readonly<Record<string, Topic>>

/** Long work: jobs of one partition run at the same time, one lane each in order, and finish in any order. */
export type Performs<State, Job, Outcome> = {
  /** How many at once in one task. */
  readonly concurrency: number
  /** Jobs of one lane run one after another: the scarce resource, or the action. */
  lane(job: Job): string
  /**
   * Decides what happens to a job that is delivered: either it ends here (expired, or begun before a crash and its
   * outcome lost), or it is performed, after `decision` (the intent) is committed.
   */
  begin(state: StateView<State>, job: Job, context: Context): { readonly perform: boolean; readonly decision: Decision }
  /** The effect. A rejection is an outcome too: `failed` makes it one. `signal` aborts when the task is lost. */
  perform(job: Job, signal: AbortSignal): Promise<Outcome>
  failed(job: Job, error: unknown): Outcome
  finish(state: StateView<State>, job: Job, outcome: Outcome, context: Context): Decision
}

/** A port that is read on a schedule, one page after another; each page is one transaction. */
export type Polls<State, Page> = {
  readonly everyMs: number
  poll(state: StateView<State>, signal: AbortSignal): Promise<{ readonly page: Page; readonly more: boolean }>
  fold(state: StateView<State>, page: Page, context: Context): Decision
}

export type StageSpec<
  R extends Reads,
  State extends StateEnvelope & { readonly kind: string },
  Outcome = never,
  Page = never,
> = {
  readonly reads: R
  readonly remembers?: StateTopic<State>
  readonly writes: readonly Topic[]
  /** One handler per input; an input that is performed has none. */
  readonly on: { readonly [Name in keyof R]?: Handler<State, InputOf<R[Name]>> }
  /** What a tombstone of a compacted input means; without it a tombstone is passed over. Gets the key of the record. */
  readonly gone?: { readonly [Name in keyof R]?: Handler<State, string> }
  /** Called about every `everyMs` while nothing else is in hand; what it writes has the tick as its cause. */
  readonly tick?: { readonly everyMs: number; decide(state: StateView<State>, now: number): Decision }
  readonly performs?: { readonly [Name in keyof R]?: Performs<State, InputOf<R[Name]>, Outcome> }
  readonly polls?: Polls<State, Page>
  /** The rule set that the decisions follow from: recorded in `rulesets`, its hash on every event. */
  readonly rules?: { readonly hash: string; readonly content: string }
  /** Something that only produces (an HTTP API), once per instance; its `close` waits for what is in hand. */
  readonly serves?: (producer: Producer) => Promise<{ readonly address: string; close(): Promise<void> }>
}

/** A stage with its types laid aside, as the engine runs it. Made by `stage` alone. */
export type Stage = {
  readonly reads: Reads
  readonly remembers: StateTopic | undefined
  readonly writes: readonly Topic[]
  readonly on: Readonly<Record<string, Handler<unknown, Envelope | RawEvent> | undefined>>
  readonly gone: Readonly<Record<string, Handler<unknown, string> | undefined>>
  readonly tick: { readonly everyMs: number; decide(state: StateView<unknown>, now: number): Decision } | undefined
  readonly performs: Readonly<Record<string, Performs<unknown, Envelope, unknown> | undefined>>
  readonly polls: Polls<unknown, unknown> | undefined
  readonly rules: { readonly hash: string; readonly content: string } | undefined
  readonly serves: ((producer: Producer) => Promise<{ readonly address: string; close(): Promise<void> }>) | undefined
}

export function stage<
  R extends Reads,
  State extends StateEnvelope & { readonly kind: string },
  Outcome = never,
  Page = never,
>(spec: StageSpec<R, State, Outcome, Page>): Stage {
  return {
    reads: spec.reads,
    remembers: spec.remembers,
    writes: spec.writes,
    on: spec.on,
    gone: spec.gone ?? {},
    tick: spec.tick,
    performs: spec.performs ?? {},
    polls: spec.polls,
    rules: spec.rules,
    serves: spec.serves,
  } as unknown as Stage
}

export type Service = { readonly name: string; readonly stages: Readonly<Record<string, Stage>> }

export function service(name: string, stages: Readonly<Record<string, Stage>>): Service {
  return { name, stages }
}
