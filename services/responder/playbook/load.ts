import { z } from 'zod'
import { canonicalJson } from '../../../core/canonical.ts'
import { digest } from '../../../core/ids.ts'
import { readYamlFile, refuse, type SourceFile } from '../../../core/yaml-file.ts'
import { actionTypes, publicPart, type Target } from '../targets.ts'
import { type Condition, compileCondition } from './condition.ts'
import { type TextTemplate, templateProblems, textTemplate } from './text-template.ts'

/** What is to be done where a rule applies. */
export type PlaybookAction = {
  readonly target: Target
  readonly approval: boolean
  readonly text: TextTemplate
}

export type Rule = {
  readonly playbook: string
  readonly name: string
  /** shadow: recorded, not done. */
  readonly mode: 'shadow' | 'live'
  readonly when: Condition
  readonly do: readonly PlaybookAction[]
}

/** The rules in the order of their files, and what they are recorded as; `hash` changes with anything that decides. */
export type PlaybookSet = { readonly hash: string; readonly content: string; readonly rules: readonly Rule[] }

/**
 * Compiles all playbooks against the targets. Throws `VIG_FILE_INVALID` with every problem of every file, each with its
 * line and the names that are known there: a typo refuses to start, it does not keep silent.
 */
export function loadPlaybooks(files: readonly SourceFile[], targets: readonly Target[]): PlaybookSet {
  const schema = playbookFile(targets)
  const reads = files.map(({ path, text }) => ({ path, ...readYamlFile(path, text, schema) }))
  const problems = reads.flatMap(read => [...read.problems])
  const paths = new Map<string, string>()
  const rules = reads.flatMap(({ path, value, lineOf }) => {
    if (value === undefined) return []
    const before = paths.get(value.name)
    const cause = `the playbook '${value.name}' is in ${before} already`
    if (before !== undefined) problems.push({ file: path, line: lineOf(['name']), cause })
    else paths.set(value.name, path)
    return value.rules.map(rule => ({ playbook: value.name, mode: value.mode, ...rule }))
  })
  if (problems.length > 0) refuse(problems)
  const content = canonicalJson({ rules: rules.map(recorded), targets: targets.map(publicPart) })
  return { hash: digest(['playbooks', content]), content, rules }
}

function recorded({ playbook, name, mode, when, ...rule }: Rule): object {
  const actions = rule.do.map(each => ({ target: each.target.name, approval: each.approval, text: each.text.source }))
  return { playbook, name, mode, when: when.source, do: actions }
}

const defaultText = 'Case #{{case.number}} ({{case.severity}}, {{case.verdict}}, score {{case.score}}): {{case.title}}'

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'a name is made of a-z, 0-9, dots and dashes')

/** Conditions, texts and targets are looked at while the file is read, so that all that is wrong is told at once. */
function playbookFile(targets: readonly Target[]) {
  const step = z
    .strictObject({
      action: z.enum(actionTypes, { error: `unknown action (known: ${actionTypes.join(', ')})` }),
      target: z.string().transform(targetIn(targets)),
      approval: z.literal('required').optional(),
      text: z.string().min(1).max(2000).default(defaultText).transform(template),
    })
    .superRefine(({ action, target }, context) => {
      if (action === target.type) return
      const message = `the target '${target.name}' is ${target.type}, not ${action}`
      context.addIssue({ code: 'custom', message, path: ['action'] })
    })
    .transform(({ target, approval, text }) => ({ target, approval: approval === 'required', text }))
  const rule = z.strictObject({
    name,
    when: z.union([z.string(), z.boolean()]).transform(condition),
    do: z.array(step).min(1),
  })
  return z.strictObject({
    name,
    mode: z.enum(['shadow', 'live']).default('shadow'),
    rules: z.array(rule).min(1).superRefine(differentNames),
  })
}

function targetIn(targets: readonly Target[]) {
  const known = targets.map(each => each.name).join(', ') || 'none'
  return (wanted: string, context: z.RefinementCtx): Target => {
    const found = targets.find(each => each.name === wanted)
    if (found !== undefined) return found
    context.addIssue({ code: 'custom', message: `unknown target '${wanted}' (known: ${known})` })
    return z.NEVER
  }
}

/** YAML reads a bare `true` as a boolean, which is a condition as well. */
function condition(written: string | boolean, context: z.RefinementCtx): Condition {
  const source = String(written)
  const compiled = compileCondition(source)
  if (!('problems' in compiled)) return compiled
  // A block scalar begins on the line after its key.
  const first = source.endsWith('\n') ? 1 : 0
  for (const { at, says } of compiled.problems) {
    const linesOn = first + source.slice(0, at).trimEnd().split('\n').length - 1
    context.addIssue({ code: 'custom', message: says, params: { linesOn } })
  }
  return z.NEVER
}

function template(source: string, context: z.RefinementCtx): TextTemplate {
  for (const message of templateProblems(source)) context.addIssue({ code: 'custom', message })
  return textTemplate(source)
}

function differentNames(rules: readonly { readonly name: string }[], context: z.RefinementCtx): void {
  for (const [index, { name }] of rules.entries()) {
    const again = rules.findIndex(each => each.name === name) < index
    if (again) context.addIssue({ code: 'custom', message: `the rule '${name}' is there twice`, path: [index, 'name'] })
  }
}
