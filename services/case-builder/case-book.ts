import type { Deciding, Draft } from '../../runtime/decision.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Case, CaseEvent, FoldState } from '../../schemas/generated/types.ts'

type Body = CaseEvent extends infer Each
  ? Each extends { readonly kind: infer Kind }
    ? { readonly kind: Kind } & Omit<Each, keyof EnvelopePart>
    : never
  : never
type EnvelopePart = Pick<
  CaseEvent,
  | 'id'
  | 'causeId'
  | 'rawId'
  | 'domain'
  | 'tenant'
  | 'tlp'
  | 'pap'
  | 'eventTime'
  | 'at'
  | 'processTime'
  | 'seq'
  | 'rulesetHash'
  | 'attempt'
  | 'caseId'
  | 'case'
>

/** Writes the record of one domain: every event takes the next `seq`, and the last summary of each case goes to `cases`. */
export type CaseBook = {
  event(body: Body, about: Case): void
  /** A fact of the domain that is of no case; `tlp` where it is higher than that of the input. */
  apart(body: Body, tlp?: string): void
  /** `causeId` where the input's own id will not do: a repeat of an input that was noted before. */
  noted(input: string, reason: string, causeId?: string): void
  nextCaseNumber(): number
  /** The last summaries, once each, and the counters of the domain. */
  close(rememberClosedUntil: number): void
}

export function caseBook(deciding: Deciding<FoldState>, domain: string): CaseBook {
  const before = deciding.get('domain', domain) ?? { seq: 0, cases: 0 }
  let { seq, cases } = before
  const touched = new Map<string, Case>()
  const write = (caseId: string, draft: object) => {
    seq += 1
    deciding.emit(topics.caseEvents, `${domain}#${caseId}`, { ...draft, seq } as Draft<CaseEvent>)
  }
  return {
    event(body, about) {
      touched.set(about.caseId, about)
      write(about.caseId, { ...body, caseId: about.caseId, case: about, tlp: about.tlp, pap: about.pap })
    },
    apart: (body, tlp) => write('', { ...body, caseId: null, case: null, ...(tlp === undefined ? {} : { tlp }) }),
    noted: (input, reason, causeId) =>
      write('', {
        kind: 'noted',
        noted: { input, reason: reason.slice(0, 500) },
        caseId: null,
        case: null,
        ...(causeId === undefined ? {} : { causeId }),
      }),
    nextCaseNumber() {
      cases += 1
      return cases
    },
    close(rememberClosedUntil) {
      for (const summary of touched.values()) {
        const entry = { summary }
        const key = `${domain}|${summary.caseId}`
        if (summary.status === 'closed') deciding.put('case', key, entry, rememberClosedUntil)
        else deciding.put('case', key, entry)
        const draft = { kind: 'case' as const, case: { summary }, tlp: summary.tlp, pap: summary.pap }
        deciding.emit(topics.cases, `${domain}#${summary.caseId}`, draft)
      }
      deciding.put('domain', domain, { seq, cases })
    },
  }
}
