import { type ASTNode, Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import { messageOf } from '../../../core/errors.ts'
import { closedFields, fieldsOf, isVariable, sample, type Variables, variables } from './variables.ts'

/** A condition in CEL (https://cel.dev), compiled once. */
export type Condition = {
  readonly source: string
  /** Whether it holds; `says` where it cannot be told for these values, such as a division by zero. */
  holds(values: Variables): boolean | { readonly says: string }
}

/** `at` is the offset within the expression. */
export type ConditionProblem = { readonly at: number; readonly says: string }

const environment = new Environment({ unlistedVariablesAreDyn: false })
for (const [name, schema] of Object.entries(variables)) environment.registerVariable({ name, schema })

/** Compiles a condition, checks its types and names, and tries it on the sample. */
export function compileCondition(source: string): Condition | { readonly problems: readonly ConditionProblem[] } {
  try {
    const compiled = environment.parse(source)
    const misnamed = misnamedIn(compiled.ast)
    if (misnamed.length > 0) return { problems: misnamed }
    const { valid, type, error } = compiled.check()
    if (!valid) return { problems: [problemOf(error)] }
    if (type !== 'bool') return { problems: [{ at: 0, says: `a condition is true or false, this one is ${type}` }] }
    compiled(sample)
    return { source, holds: values => evaluate(compiled, values) }
  } catch (error) {
    return { problems: [problemOf(error)] }
  }
}

function evaluate(compiled: (values: Variables) => unknown, values: Variables): ReturnType<Condition['holds']> {
  try {
    return compiled(values) === true
  } catch (error) {
    return { says: summaryOf(error) }
  }
}

function problemOf(error: unknown): ConditionProblem {
  const { range, code } = error as Partial<ParseError>
  const known = code === 'unknown_variable' ? ` (known: ${Object.keys(variables).join(', ')})` : ''
  return { at: range?.start ?? 0, says: summaryOf(error) + known }
}

/** The library's long messages draw the source; the summary alone fits a line. */
function summaryOf(error: unknown): string {
  if (error instanceof ParseError || error instanceof EvaluationError) return error.summary
  return error instanceof Error && 'summary' in error ? String(error.summary) : messageOf(error)
}

/** Fields and words that do not exist, where the type checker lets them through (`has`) or cannot know (words). */
function misnamedIn(node: ASTNode): readonly ConditionProblem[] {
  const own = node.op === '.' ? unknownField(node.args[0], node.args[1], node.range.end) : comparisons(node)
  return [...own, ...childrenOf(node).flatMap(misnamedIn)]
}

function unknownField(from: ASTNode, field: string, end: number): readonly ConditionProblem[] {
  if (from.op !== 'id' || !isVariable(from.args)) return []
  const known = fieldsOf(from.args)
  if (known.includes(field)) return []
  const names = known.map(each => `${from.args}.${each}`).join(', ')
  return [{ at: end - field.length, says: `unknown field '${from.args}.${field}' (known: ${names})` }]
}

function comparisons(node: ASTNode): readonly ConditionProblem[] {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return []
  const [left, right] = node.args
  const field = nameOf(left) ?? nameOf(right)
  const allowed = field === undefined ? undefined : closedFields[field]
  if (field === undefined || allowed === undefined) return []
  const words = [left, right].flatMap(side => (side.op === 'list' ? side.args : [side]))
  return words.flatMap(word => {
    if (word.op !== 'value' || typeof word.args !== 'string' || allowed.includes(word.args)) return []
    const known = allowed.filter(each => each !== '').join(', ')
    return [{ at: word.range.start, says: `'${word.args}' is no ${field} (known: ${known})` }]
  })
}

function nameOf(node: ASTNode): string | undefined {
  return node.op === '.' && node.args[0].op === 'id' ? `${node.args[0].args}.${node.args[1]}` : undefined
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  return node.op === 'value' || node.op === 'id' ? [] : nodesIn(node.args)
}

function nodesIn(value: unknown): readonly ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : []
}
