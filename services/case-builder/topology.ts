import { service, stage } from '../../runtime/stage.ts'
import { states, topics } from '../../schemas/catalogue.ts'
import { foldResult } from './fold-result.ts'
import { linkAlert } from './link-alert.ts'
import { obey } from './obey.ts'
import { type CaseRules, defaultCaseRules, rulesetOf } from './rules.ts'

/** One fold per correlation domain: what a case is follows from alerts, results and commands, and from nothing else. */
export function caseBuilder(rules: CaseRules = defaultCaseRules) {
  return service('case-builder', {
    fold: stage({
      reads: { alert: topics.alerts, result: topics.analysisResults, command: topics.commands },
      remembers: states.caseBuilderFold,
      writes: [topics.cases, topics.caseEvents, topics.observables],
      on: {
        alert: (state, event, context) => linkAlert(rules, state, event, context),
        result: (state, event, context) => foldResult(rules, state, event, context),
        command: (state, event, context) => obey(rules, state, event, context),
      },
      rules: rulesetOf(rules),
    }),
  })
}
