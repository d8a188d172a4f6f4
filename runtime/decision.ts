import type { Envelope, StateEnvelope } from '../schemas/generated/types.ts'
import type { Topic } from '../schemas/topic.ts'

/**
 * What a decision is: events to write and entries to remember, as data. Nothing here acts. The engine stamps the
 * events, writes both in one transaction together with the offsets of the inputs, and keeps the state only after it.
 */

type Stamped = 'id' | 'at' | 'processTime' | 'rulesetHash'
type Inherited = 'causeId' | 'rawId' | 'domain' | 'tenant' | 'tlp' | 'pap' | 'eventTime' | 'seq' | 'attempt'

/**
 * An event before it is stamped. What is left out of `Inherited` is taken from the cause (`seq`: null, `attempt`: 0);
 * `Stamped` is always the engine's: id = hash(cause id, stage, kind, ordinal), `at` = the cause's.
 * A topic whose values are no Avro takes documents instead: written as JSON as they are, under the TLP of their cause.
 */
export type Draft<Value> = Value extends Envelope
  ? Omit<Value, Stamped | Inherited> & Partial<Pick<Value, Inherited>>
  : Value extends StateEnvelope
    ? never
    : Value & object

export type AnyDraft = { readonly kind: string } & Partial<Pick<Envelope, Inherited>>

export type Emission = { readonly topic: Topic; readonly key: string; readonly draft: AnyDraft | null }

export type Change = {
  readonly kind: string
  readonly key: string
  /** `null` forgets the entry. */
  readonly body: object | null
  /** Task time (epoch ms) from which on the entry counts as absent. */
  readonly expiresAt: number | null
}

export type Decision = {
  readonly writes: readonly Emission[]
  readonly remembers: readonly Change[]
  /** Why nothing of the input is handed on, in a word: counted in `vigia_withheld_total`, recorded nowhere. */
  readonly withheld?: string
}

export const nothing: Decision = { writes: [], remembers: [] }

/** A kind of state entry and its body, from the type of the state topic. Kinds of state are single words. */
export type StateKind<State> = State extends { readonly kind: infer Kind extends string } ? Kind : never
export type StateBody<State, Kind extends StateKind<State>> =
  Extract<State, { readonly kind: Kind }> extends infer Entry
    ? Kind extends keyof Entry
      ? Entry[Kind] & object
      : never
    : never

/** What a stage remembers, as of the last commit and the decisions made since in the same transaction. */
export type StateView<State> = {
  get<Kind extends StateKind<State>>(kind: Kind, key: string): StateBody<State, Kind> | undefined
  /** All live entries of one kind, in order of insertion. For ticks over small kinds, not for lookups. */
  all<Kind extends StateKind<State>>(kind: Kind): Iterable<readonly [string, StateBody<State, Kind>]>
}

/** Collects one decision; reads see what was put before. Local to one call, so that the law stays a function. */
export type Deciding<State> = StateView<State> & {
  emit<Value>(topic: Topic<Value>, key: string, draft: Draft<Value>): void
  tombstone(topic: Topic, key: string): void
  put<Kind extends StateKind<State>>(kind: Kind, key: string, body: StateBody<State, Kind>, expiresAt?: number): void
  drop(kind: StateKind<State>, key: string): void
  decision(): Decision
}

export function deciding<State extends StateEnvelope & { readonly kind: string }>(
  state: StateView<State>,
): Deciding<State> {
  const writes: Emission[] = []
  const remembers: Change[] = []
  const own = new Map<string, Map<string, object | null>>()
  const remember = (kind: string, key: string, body: object | null, expiresAt: number | null) => {
    remembers.push({ kind, key, body, expiresAt })
    const entries = own.get(kind) ?? new Map<string, object | null>()
    entries.set(key, body)
    own.set(kind, entries)
  }
  return {
    get(kind, key) {
      const body = own.get(kind)?.get(key)
      if (body === undefined) return state.get(kind, key)
      return (body ?? undefined) as ReturnType<typeof state.get<typeof kind>>
    },
    *all(kind) {
      const changed = own.get(kind)
      for (const [key, body] of state.all(kind)) if (!changed?.has(key)) yield [key, body]
      for (const [key, body] of changed ?? []) if (body !== null) yield [key, body as never]
    },
    emit: (topic, key, draft) => writes.push({ topic, key, draft: draft as unknown as AnyDraft }),
    tombstone: (topic, key) => writes.push({ topic, key, draft: null }),
    put: (kind, key, body, expiresAt) => remember(kind, key, body, expiresAt ?? null),
    drop: (kind, key) => remember(kind, key, null, null),
    decision: () => ({ writes, remembers }),
  }
}

/** The emission of one event, where a stage remembers nothing. */
export function emission<Value>(topic: Topic<Value>, key: string, draft: Draft<Value>): Emission {
  return { topic, key, draft: draft as unknown as AnyDraft }
}
