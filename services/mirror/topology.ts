import { service, stage } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import { alertDocument } from './alert-document.ts'
import { caseDocument } from './case-document.ts'
import { mirrored } from './mirrored.ts'
import { responseDocument } from './response-document.ts'
import { resultDocument } from './result-document.ts'

/** What SIEMs may see, as ECS documents in JSON; nothing is remembered, so that any instance may read any partition. */
export function mirror() {
  return service('mirror', {
    ecs: stage({
      reads: {
        alert: topics.alerts,
        event: topics.caseEvents,
        result: topics.analysisResults,
        response: topics.responses,
      },
      writes: [topics.ecs],
      on: {
        alert: (_state, event) => mirrored(event, alertDocument),
        event: (_state, event) => mirrored(event, caseDocument),
        result: (_state, event) => mirrored(event, resultDocument),
        response: (_state, event) => mirrored(event, responseDocument),
      },
    }),
  })
}
