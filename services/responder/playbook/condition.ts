import { Environment } from '@marcbachmann/cel-js'
import { type Condition as CelCondition, conditionCompiler } from '../../../core/cel/condition.ts'
import { closedFields, sample, type Variables, variables } from './variables.ts'

/** A condition of a playbook's rule. */
export type Condition = CelCondition<Variables>

const environment = new Environment({ unlistedVariablesAreDyn: false })
for (const [name, schema] of Object.entries(variables)) environment.registerVariable({ name, schema })

export const compileCondition = conditionCompiler<Variables>({
  environment,
  fields: Object.fromEntries(Object.entries(variables).map(([name, schema]) => [name, Object.keys(schema)])),
  closedFields,
  sample,
})
