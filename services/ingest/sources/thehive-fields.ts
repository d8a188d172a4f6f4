import { isObject, type JsonObject, kindOf } from '../json-object.ts'

/** One wrong field of a TheHive alert body, in the terms of TheHive's `AttributeCheckingError`. */
export type FieldProblem = {
  readonly name: string
  readonly problem: 'MissingAttributeError' | 'InvalidFormatAttributeError'
  readonly says: string
}

/**
 * Everything that is wrong with an alert body, whichever version its sender speaks: what all of TheHive 3, 4 and 5
 * refuse. `null` counts as absent, unknown fields are passed over. Contract TheHive 1.3, 1.5, 1.7.
 */
export function problemsOfTheHive(body: JsonObject): readonly FieldProblem[] {
  const required = ['type', 'source', 'sourceRef', 'title', 'description'].flatMap(name => {
    const value = body[name]
    if (value === undefined || value === null) return [missing(name)]
    return typeof value === 'string' ? [] : [wrong(name, 'a string', value)]
  })
  return [
    ...required,
    ...integer(body, 'severity', 1, 4),
    ...integer(body, 'tlp', 0, 4),
    ...integer(body, 'pap', 0, 3),
    ...date(body.date),
    ...texts(body.tags, 'tags'),
    ...optionalText(body, 'externalLink'),
    ...observables(body.artifacts, 'artifacts'),
    ...observables(body.observables, 'observables'),
  ]
}

function observables(value: unknown, name: string): FieldProblem[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return [wrong(name, 'an array', value)]
  return value.flatMap((item: unknown, index) => {
    const path = `${name}[${index}]`
    if (!isObject(item)) return [wrong(path, 'an object', item)]
    const { dataType, data } = item
    const type =
      typeof dataType === 'string'
        ? []
        : [dataType === undefined ? missing(`${path}.dataType`) : wrong(`${path}.dataType`, 'a string', dataType)]
    const isData = data === undefined || data === null || typeof data === 'string'
    const values = isData ? [] : texts(data, `${path}.data`)
    return [...type, ...values, ...integer(item, 'tlp', 0, 4, `${path}.`), ...texts(item.tags, `${path}.tags`)]
  })
}

function integer(body: JsonObject, name: string, least: number, most: number, prefix = ''): FieldProblem[] {
  const value = body[name]
  if (value === undefined || value === null) return []
  if (typeof value !== 'number') return [wrong(prefix + name, 'an integer', value)]
  if (value >= least && value <= most && Number.isInteger(value)) return []
  return [problem(prefix + name, `expected an integer from ${least} to ${most}, got ${value}`)]
}

function date(value: unknown): FieldProblem[] {
  if (value === undefined || value === null || typeof value === 'number') return []
  if (typeof value === 'string' && /^\d+$/.test(value)) return []
  if (typeof value !== 'string') return [wrong('date', 'epoch milliseconds', value)]
  return [problem('date', 'expected epoch milliseconds, got other text')]
}

function texts(value: unknown, name: string): FieldProblem[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return [wrong(name, 'an array of strings', value)]
  return value.flatMap((item: unknown, index) =>
    typeof item === 'string' ? [] : [wrong(`${name}[${index}]`, 'a string', item)],
  )
}

function optionalText(body: JsonObject, name: string): FieldProblem[] {
  const value = body[name]
  return value === undefined || value === null || typeof value === 'string' ? [] : [wrong(name, 'a string', value)]
}

function missing(name: string): FieldProblem {
  return { name, problem: 'MissingAttributeError', says: 'missing' }
}

function wrong(name: string, expected: string, value: unknown): FieldProblem {
  return problem(name, `expected ${expected}, got ${kindOf(value)}`)
}

function problem(name: string, says: string): FieldProblem {
  return { name, problem: 'InvalidFormatAttributeError', says }
}
