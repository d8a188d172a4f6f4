import { type ASTNode, type Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import { messageOf } from '../errors.ts'

/** A condition in CEL (https://cel.dev), compiled once. */
export type Condition<Values> = {
  readonly source: string
  /** Whether it holds; `says` where it cannot be told for these values, such as a division by zero. Never throws. */
  holds(values: Values): boolean | { readonly says: string }
}

/** `at` is the offset within the expression. */
export type ConditionProblem = { readonly at: number; readonly says: string }

export type Compiled<Values> = Condition<Values> | { readonly problems: readonly ConditionProblem[] }

/** What the conditions of one kind may name. */
export type Vocabulary<Values> = {
  /** With its variables and their types registered. */
  readonly environment: Environment
  /** The fields of each variable, for messages, and because `has` lets unknown ones through. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Fields (`variable.field`) that hold one of a few words: compared with any other word, a condition never holds. */
  readonly closedFields?: Readonly<Record<string, readonly string[]>>
  /** What conditions are tried on when they are compiled, where one sample stands for all. */
  readonly sample?: Values
  /** What else is not allowed, where this kind is narrower than CEL. */
  readonly refuse?: (ast: ASTNode) => readonly ConditionProblem[]
}

/** Makes the compiler of a vocabulary: it checks types and names. Never throws. */
export function conditionCompiler<Values extends object>(vocabulary: Vocabulary<Values>) {
  const { environment, sample, refuse = () => [] } = vocabulary
  return (source: string): Compiled<Values> => {
    try {
      const compiled = environment.parse(source)
      const wrong = [...misnamedIn(vocabulary, compiled.ast), ...refuse(compiled.ast)]
      if (wrong.length > 0) return { problems: wrong }
      const { valid, type, error } = compiled.check()
      if (!valid) return { problems: [problemOf(vocabulary, error)] }
      if (type !== 'bool') return { problems: [{ at: 0, says: `a condition is true or false, this one is ${type}` }] }
      if (sample !== undefined) compiled(sample)
      return { source, holds: values => evaluate(compiled, values) }
    } catch (error) {
      return { problems: [problemOf(vocabulary, error)] }
    }
  }
}

/** The parts of a node that are nodes. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  return node.op === 'value' || node.op === 'id' ? [] : nodesIn(node.args)
}

function nodesIn(value: unknown): readonly ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : []
}

function evaluate<Values>(compiled: (values: Values) => unknown, values: Values): boolean | { readonly says: string } {
  try {
    return compiled(values) === true
  } catch (error) {
    return { says: summaryOf(error) }
  }
}

type Names = Pick<Vocabulary<never>, 'fields' | 'closedFields'>

function problemOf({ fields }: Names, error: unknown): ConditionProblem {
  const { range, code } = error as Partial<ParseError>
  const known = code === 'unknown_variable' ? ` (known: ${Object.keys(fields).join(', ')})` : ''
  return { at: range?.start ?? 0, says: summaryOf(error) + known }
}

/** The library's long messages draw the source; the summary alone fits a line. */
function summaryOf(error: unknown): string {
  if (error instanceof ParseError || error instanceof EvaluationError) return error.summary
  return error instanceof Error && 'summary' in error ? String(error.summary) : messageOf(error)
}

/** Fields and words that do not exist, where the type checker lets them through (`has`) or cannot know (words). */
function misnamedIn(names: Names, node: ASTNode): readonly ConditionProblem[] {
  const own = node.op === '.' ? unknownField(names, node.args[0], node.args[1], node.range.end) : words(names, node)
  return [...own, ...childrenOf(node).flatMap(each => misnamedIn(names, each))]
}

function unknownField({ fields }: Names, from: ASTNode, field: string, end: number): readonly ConditionProblem[] {
  if (from.op !== 'id' || !Object.hasOwn(fields, from.args)) return []
  const known = fields[from.args] ?? []
  if (known.includes(field)) return []
  const named = known.map(each => `${from.args}.${each}`).join(', ')
  return [{ at: end - field.length, says: `unknown field '${from.args}.${field}' (known: ${named})` }]
}

function words({ closedFields = {} }: Names, node: ASTNode): readonly ConditionProblem[] {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return []
  const [left, right] = node.args
  const field = nameOf(left) ?? nameOf(right)
  const allowed = field === undefined ? undefined : closedFields[field]
  if (field === undefined || allowed === undefined) return []
  const written = [left, right].flatMap(side => (side.op === 'list' ? side.args : [side]))
  return written.flatMap(word => {
    if (word.op !== 'value' || typeof word.args !== 'string' || allowed.includes(word.args)) return []
    const known = allowed.filter(each => each !== '').join(', ')
    return [{ at: word.range.start, says: `'${word.args}' is no ${field} (known: ${known})` }]
  })
}

function nameOf(node: ASTNode): string | undefined {
  return node.op === '.' && node.args[0].op === 'id' ? `${node.args[0].args}.${node.args[1]}` : undefined
}
