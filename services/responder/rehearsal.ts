import type { Decision, StateView } from '../../runtime/decision.ts'
import { type StateStore, stateStore } from '../../runtime/engine/state-store.ts'
import type { Context } from '../../runtime/stage.ts'
import type {
  Case,
  CaseEvent,
  CommandRecord,
  Envelope,
  OutcomeRecord,
  ResponseEvent,
} from '../../schemas/generated/types.ts'
import { expireApprovals, obey } from './approve.ts'
import { decide } from './decide.ts'
import type { PlaybookSet } from './playbook/load.ts'
import { tellOutcome } from './tell-outcome.ts'

/** The decisions of the responder with no log beside them: what each input writes, and the state that goes on. */
export type Rehearsal = {
  event(event: CaseEvent): readonly ResponseEvent[]
  command(event: CommandRecord): readonly ResponseEvent[]
  outcome(event: OutcomeRecord): readonly ResponseEvent[]
  tick(now: number): readonly ResponseEvent[]
  /** Moves task time, as other inputs of the task would. */
  see(at: number): void
  /** The same state in another process: read back from what was written. */
  restarted(): Rehearsal
}

type Drafted = {
  readonly kind: string
  readonly key: string
  readonly body: object | null
  readonly expiresAt: number | null
}

export function rehearsal(playbooks: PlaybookSet, changelog: readonly Drafted[] = []): Rehearsal {
  const store: StateStore = stateStore()
  const log: Drafted[] = [...changelog]
  for (const { kind, key, body, expiresAt } of log) store.restore(kind, key, structuredClone(body), expiresAt)
  const settle = ({ writes, remembers }: Decision) => {
    store.apply(remembers)
    log.push(...remembers)
    store.commit()
    return writes.map(each => each.draft as unknown as ResponseEvent)
  }
  const handle = <Input extends Envelope>(
    law: (state: StateView<never>, input: Input, context: Context) => Decision,
    input: Input,
  ) => {
    store.see(input.at)
    return settle(law(store.view as StateView<never>, input, contextAt(store.now())))
  }
  return {
    event: event => handle((state, input, context) => decide(playbooks, state, input, context), event),
    command: event => handle(obey, event),
    outcome: event => handle(tellOutcome, event),
    tick: now => settle(expireApprovals(store.view as StateView<never>, now)),
    see: at => store.see(at),
    restarted: () => rehearsal(playbooks, log),
  }
}

export function contextAt(now: number): Context {
  return { now, origin: { topic: 'case-events', partition: 0, offset: 0 } }
}

/** Some moment at the beginning of an hour. */
export const noon = Date.UTC(2025, 0, 6, 12)

const envelope = {
  ...{ id: 'e1', causeId: 'c1', rawId: 'alerts.raw/0/7', domain: 'acme', tenant: 'acme', tlp: 'AMBER', pap: 'AMBER' },
  ...{ eventTime: noon, at: noon, processTime: noon, seq: 1, rulesetHash: null, attempt: 0 },
} as const

export const someCase: Case = {
  ...{ caseId: 'case-1', number: 12, status: 'open', title: 'Beacon to evil.example', severity: 'high', tlp: 'GREEN' },
  ...{ pap: 'AMBER', verdict: 'malicious', score: 6, alerts: 3, repeats: 0, observables: 5, openedAt: noon },
  ...{ lastAlertAt: noon, closedAt: null, sources: ['suricata'], joinedOn: [], findings: [], linkedTo: null },
}

export function verdictChanged(about: Partial<Case> = {}, changed: Partial<Envelope> = {}): CaseEvent {
  const summary = { ...someCase, ...about }
  const verdictChanged = { from: 'unknown', to: summary.verdict, score: summary.score, because: 'a test' }
  return { ...envelope, ...changed, kind: 'verdict-changed', verdictChanged, caseId: summary.caseId, case: summary }
}

export function indicatorMatched(retro: boolean): CaseEvent {
  const match = { source: 'misp', type: 'domain', value: 'evil.example', indicatorUuid: 'u', eventUuid: 'v' }
  const indicatorMatched = { ...match, eventInfo: 'a campaign', toIds: true, retro, afterMs: 0 }
  return { ...envelope, kind: 'indicator-matched', indicatorMatched, caseId: someCase.caseId, case: someCase }
}

export function said(kind: 'approve' | 'reject', actionId: string, changed: Partial<Envelope> = {}): CommandRecord {
  const command = { ...envelope, ...changed, actor: 'ana', roles: ['responder'] }
  const body = { actionId, reason: 'looks right' }
  return kind === 'approve' ? { ...command, kind, approve: body } : { ...command, kind, reject: body }
}

export function cameOf(actionId: string, result: 'calling' | 'done' | 'failed' | 'unknown' | 'expired'): OutcomeRecord {
  if (result === 'calling') return { ...envelope, kind: 'calling', calling: { actionId, idempotencyKey: actionId } }
  return { ...envelope, kind: 'outcome', outcome: { actionId, result, says: 'a test' } }
}

/** A record of `responses` as it is read back: the draft under an envelope. */
export function response(draft: ResponseEvent, changed: Partial<Envelope> = {}): ResponseEvent {
  return { ...envelope, ...draft, ...changed }
}
