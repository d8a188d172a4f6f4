import type { Notifier, Sent } from '../../adapters/notify/notifier.ts'
import { service, stage } from '../../runtime/stage.ts'
import { states, topics } from '../../schemas/catalogue.ts'
import type { ActState } from '../../schemas/generated/types.ts'
import { act } from './act.ts'
import { expireApprovals, obey } from './approve.ts'
import { decide } from './decide.ts'
import type { PlaybookSet } from './playbook/load.ts'
import { tellOutcome } from './tell-outcome.ts'

const expiryEveryMs = 10_000

/** Playbooks over case-events decide what is done; another stage does it, once, and tells what came of it. */
export function responder(playbooks: PlaybookSet, notifier: Notifier) {
  return service('responder', {
    decide: stage({
      reads: { event: topics.caseEvents, command: topics.commands, outcome: topics.responderOutcomes },
      remembers: states.responderDecide,
      writes: [topics.responses],
      on: {
        event: (state, event, context) => decide(playbooks, state, event, context),
        command: obey,
        outcome: tellOutcome,
      },
      tick: { everyMs: expiryEveryMs, decide: expireApprovals },
      rules: { hash: playbooks.hash, content: playbooks.content },
    }),
    act: stage<{ response: typeof topics.responses }, ActState, Sent>({
      reads: { response: topics.responses },
      remembers: states.responderAct,
      writes: [topics.responderOutcomes],
      on: {},
      performs: { response: act(notifier) },
    }),
  })
}
