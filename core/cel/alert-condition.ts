import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import type { Alert } from '../../schemas/generated/types.ts'
import { severities } from '../severity.ts'
import { paps, tlps } from '../tlp.ts'
import { type Compiled, type ConditionProblem, childrenOf, conditionCompiler } from './condition.ts'

/** What a condition on an alert may name. What the alert does not say is empty. */
const fields = {
  source: 'string',
  type: 'string',
  title: 'string',
  description: 'string',
  severity: 'string',
  tags: 'list<string>',
  rule: 'string',
  ruleIds: 'list<string>',
  techniques: 'list<string>',
  sourceRef: 'string',
  observables: 'list<Observable>',
  tlp: 'string',
  pap: 'string',
} as const

/** The longest condition; with what may not be called, it bounds what one alert costs. */
export const longestAlertCondition = 2000
/** In all walks of a condition together: a call may copy 4 kB at each observable. */
const mostCallsInWalks = 5
/** Likewise; what a list names is not counted. About 20 comparisons. */
const mostStepsInWalks = 100

/** How long alerts may be suppressed by one condition. */
export const longestSuppressionMs = 366 * 24 * 60 * 60 * 1000

/** The values of one alert, as `alertValues` makes them. */
export type AlertValues = { readonly alert: object }

/** The library knows the fields of a typed list's elements by their class alone. */
class ObservableValues {
  readonly type: string
  readonly value: string
  readonly role: string
  constructor({ type, value, role }: Alert['observables'][number]) {
    this.type = type
    this.value = value
    this.role = role
  }
}

export function alertValues(alert: Alert, tlp: string, pap: string): AlertValues {
  const { source, type, title, description, severity, tags, rule, ruleIds, techniques, sourceRef } = alert
  const observables = alert.observables.map(each => new ObservableValues(each))
  const lists = { tags, ruleIds, techniques, observables }
  return {
    alert: {
      source,
      type,
      title,
      description,
      severity,
      rule: rule ?? '',
      sourceRef: sourceRef ?? '',
      tlp,
      pap,
      ...lists,
    },
  }
}

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  limits: { maxAstNodes: 500, maxDepth: 50, maxListElements: 200, maxMapEntries: 20, maxCallArguments: 8 },
})
environment.registerType('Observable', {
  ctor: ObservableValues,
  fields: { type: 'string', value: 'string', role: 'string' },
})
environment.registerType('Alert', { fields })
environment.registerVariable('alert', 'Alert')

const compile = conditionCompiler<AlertValues>({
  environment,
  fields: { alert: Object.keys(fields) },
  closedFields: { 'alert.severity': severities, 'alert.tlp': tlps, 'alert.pap': paps },
  refuse: node => [...strangers(node), ...nested(node), ...tooMuch(node)],
})

/**
 * Compiles a condition over `alert`. What could cost more than a walk over the alert (`matches`, `map`, a walk in a walk) is
 * refused, and so is what takes too many steps at each of the 500 observables that an alert may have.
 */
export function compileAlertCondition(source: string): Compiled<AlertValues> {
  if (source.length > longestAlertCondition) {
    const says = `a condition has at most ${longestAlertCondition} characters, this one ${source.length}`
    return { problems: [{ at: longestAlertCondition, says }] }
  }
  return compile(source)
}

const walks = ['exists', 'exists_one', 'all', 'filter']
const callable = ['has', 'size', 'contains', 'startsWith', 'endsWith', 'lowerAscii', 'upperAscii', 'trim', ...walks]

function calledBy(node: ASTNode): string | undefined {
  return node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined
}

function strangers(node: ASTNode): readonly ConditionProblem[] {
  const name = calledBy(node)
  const says = `'${name}' may not be called here (known: ${callable.join(', ')})`
  const own = name === undefined || callable.includes(name) ? [] : [{ at: node.range.start, says }]
  return [...own, ...childrenOf(node).flatMap(strangers)]
}

function nested(node: ASTNode, within = false): readonly ConditionProblem[] {
  const walksHere = walks.includes(calledBy(node) ?? '')
  if (walksHere && within)
    return [{ at: node.range.start, says: `'${calledBy(node)}' may not stand within another walk` }]
  return childrenOf(node).flatMap(each => nested(each, within || walksHere))
}

/** What is done at each element of a walk. */
function tooMuch(node: ASTNode): readonly ConditionProblem[] {
  const steps = stepsInWalks(node)
  const description = steps.filter(({ op, args }) => op === '.' && args[1] === 'description')
  const call = steps.filter(each => calledBy(each) !== undefined)[mostCallsInWalks]
  const step = steps[mostStepsInWalks]
  return [
    ...description.map(each => problemAt(each, 'alert.description may not stand within a walk: it is up to 64 kB')),
    ...(call === undefined ? [] : [problemAt(call, `at most ${mostCallsInWalks} calls may stand within walks`)]),
    ...(step === undefined ? [] : [problemAt(step, `at most ${mostStepsInWalks} steps may stand within walks`)]),
  ]
}

function stepsInWalks(node: ASTNode): readonly ASTNode[] {
  const parts = childrenOf(node)
  if (!walks.includes(calledBy(node) ?? '')) return parts.flatMap(stepsInWalks)
  const [over, ...body] = parts
  return [...(over === undefined ? [] : stepsInWalks(over)), ...body.flatMap(stepsOf)]
}

function stepsOf(node: ASTNode): readonly ASTNode[] {
  const parts = childrenOf(node).filter(each => node.op !== 'list' || each.op !== 'value')
  return [node, ...parts.flatMap(stepsOf)]
}

function problemAt({ range }: ASTNode, says: string): ConditionProblem {
  return { at: range.start, says }
}
