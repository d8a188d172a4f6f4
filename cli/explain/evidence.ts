import type {
  AlertRecord,
  CaseEvent,
  DeadLetterRecord,
  JobRecord,
  ResponseEvent,
  ResultRecord,
} from '../../schemas/generated/types.ts'

/** The events that a story is told from, as the topics hold them. */
export type Evidence = {
  readonly alerts: readonly AlertRecord[]
  readonly caseEvents: readonly CaseEvent[]
  readonly jobs: readonly JobRecord[]
  readonly results: readonly ResultRecord[]
  readonly responses: readonly ResponseEvent[]
  readonly deadLetters: readonly DeadLetterRecord[]
}

export type AnyEvent = Evidence[keyof Evidence][number]
