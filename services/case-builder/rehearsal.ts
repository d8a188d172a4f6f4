import type { Change, StateView } from '../../runtime/decision.ts'
import { stamper } from '../../runtime/engine/stamp.ts'
import { clockKind, stateStore } from '../../runtime/engine/state-store.ts'
import type {
  AlertRecord,
  Case,
  CaseEvent,
  CommandRecord,
  FoldState,
  Observable,
  ResultRecord,
} from '../../schemas/generated/types.ts'
import { foldResult } from './fold-result.ts'
import { linkAlert } from './link-alert.ts'
import { obey } from './obey.ts'
import { type CaseRules, defaultCaseRules } from './rules.ts'

/** Plays events to the laws on the engine's own state, for tests: what was written, and the cases as they stand. */
export type Rehearsal = {
  play(...events: readonly (AlertRecord | ResultRecord | CommandRecord)[]): CaseEvent[]
  cases(): Case[]
  /** Keys of what was written to `observables`, in order. */
  observables(): string[]
  /** What analyses found, as it was written to `observables`. */
  found(): object[]
  events(): CaseEvent[]
  /** Goes on with a state that was restored from the changelog of this one. */
  restarted(): Rehearsal
}

export function rehearsal(rules: CaseRules = defaultCaseRules, changelog: readonly Change[] = []): Rehearsal {
  const store = stateStore()
  for (const { kind, key, body, expiresAt } of changelog) store.restore(kind, key, body, expiresAt)
  const remembered = [...changelog]
  const view = store.view as StateView<FoldState>
  const all: CaseEvent[] = []
  const observables: string[] = []
  const found: object[] = []
  return {
    play(...events) {
      const made = events.flatMap(event => {
        store.see(event.at)
        const context = { now: store.now(), origin: { topic: 'test', partition: 0, offset: 0 } }
        const decision =
          event.kind === 'alert' || event.kind === 'rejection' || event.kind === 'suppression'
            ? linkAlert(rules, view, event, context)
            : 'actor' in event
              ? obey(rules, view, event, context)
              : foldResult(rules, view, event, context)
        store.apply(decision.remembers)
        remembered.push(...decision.remembers)
        store.commit()
        const stamp = stamper('case-builder.fold', event, null, 0)
        for (const write of decision.writes) {
          if (write.topic.name !== 'observables' || write.draft === null) continue
          observables.push(write.key)
          const { observable, tlp } = write.draft as unknown as { observable: Observable; tlp: string }
          if (observable.depth > 0) found.push({ ...observable, tlp })
        }
        return decision.writes.flatMap(write =>
          write.topic.name === 'case-events' && write.draft !== null
            ? [stamp(write.draft) as unknown as CaseEvent]
            : [],
        )
      })
      all.push(...made)
      return made
    },
    cases() {
      const last = new Map<string, Case>()
      for (const event of all) if (event.case) last.set(event.case.caseId, event.case)
      return [...last.values()]
    },
    observables: () => observables,
    found: () => found,
    events: () => all,
    restarted: () => rehearsal(rules, [...remembered, { kind: clockKind, key: '', body: {}, expiresAt: store.now() }]),
  }
}
