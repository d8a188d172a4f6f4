import { eventIdOf } from '../../core/ids.ts'
import type { Envelope } from '../../schemas/generated/types.ts'
import type { AnyDraft } from '../decision.ts'

/** What an event inherits from, and is numbered under. */
export type Cause = Pick<Envelope, 'id' | 'rawId' | 'domain' | 'tenant' | 'tlp' | 'pap' | 'eventTime' | 'at'>

/** Numbers the events of one decision: id = hash(cause id, stage, kind, ordinal of that kind under that cause). */
export type Stamper = (draft: AnyDraft) => Envelope & AnyDraft

export function stamper(stage: string, cause: Cause, rulesetHash: string | null, processTime: number): Stamper {
  const ordinals = new Map<string, number>()
  return draft => {
    const causeId = draft.causeId ?? cause.id
    const counter = `${causeId} ${draft.kind}`
    const ordinal = ordinals.get(counter) ?? 0
    ordinals.set(counter, ordinal + 1)
    // The draft first: an object literal that begins with one spread is several times cheaper than one that ends with it.
    return {
      ...draft,
      rawId: draft.rawId === undefined ? cause.rawId : draft.rawId,
      domain: draft.domain ?? cause.domain,
      tenant: draft.tenant ?? cause.tenant,
      tlp: draft.tlp ?? cause.tlp,
      pap: draft.pap ?? cause.pap,
      eventTime: draft.eventTime ?? cause.eventTime,
      seq: draft.seq ?? null,
      causeId,
      id: eventIdOf(causeId, stage, draft.kind, ordinal),
      at: cause.at,
      processTime,
      rulesetHash,
      attempt: draft.attempt ?? 0,
    }
  }
}

/** The cause of what follows from no record: a tick, a page, a report. Its id is as unique as its place and time. */
export function outsideCause(group: string, stage: string, what: string, partition: number, at: number): Cause {
  const id = eventIdOf(`${group}/${partition}/${at}`, stage, what, 0)
  return { id, rawId: null, domain: 'default', tenant: 'default', tlp: 'AMBER', pap: 'AMBER', eventTime: at, at }
}
