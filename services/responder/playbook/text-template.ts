import { fieldsOf, isVariable, type Variables, variables } from './variables.ts'

/** Text with `{{variable.field}}` in it; nothing else is special. */
export type TextTemplate = { readonly source: string; fill(values: Variables): string }

const slot = /\{\{\s*([^{}]*?)\s*\}\}/g

/** The problems of a template: names that do not exist, each with the known ones. */
export function templateProblems(source: string): readonly string[] {
  const problems = [...source.matchAll(slot)].flatMap(([whole, name = '']) => {
    const [variable = '', field = '', ...more] = name.split('.')
    if (!isVariable(variable)) return [`unknown variable in ${whole} (known: ${Object.keys(variables).join(', ')})`]
    const known = fieldsOf(variable)
    if (more.length === 0 && known.includes(field)) return []
    return [`unknown field in ${whole} (known: ${known.map(each => `${variable}.${each}`).join(', ')})`]
  })
  const unclosed = /\{\{|\}\}/.test(source.replace(slot, ''))
  return unclosed ? [...problems, 'a {{ or }} without its other half'] : problems
}

export function textTemplate(source: string): TextTemplate {
  return {
    source,
    fill: values =>
      source.replace(slot, (_whole, name: string) => {
        const [variable = '', field = ''] = name.split('.')
        const fields: Readonly<Record<string, unknown>> = isVariable(variable) ? values[variable] : {}
        return String(fields[field] ?? '')
      }),
  }
}
