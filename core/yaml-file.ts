import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { VigiaError } from './errors.ts'

/** What is wrong in a configuration file, and where; lines count from 1. */
export type FileProblem = { readonly file: string; readonly line: number; readonly cause: string }

export type YamlFile<Value> = { readonly value: Value; readonly lineOf: (path: readonly PropertyKey[]) => number }

/**
 * Reads YAML strictly: syntax, unknown keys (the known ones are named) and wrong values are all listed, each with its
 * line. Throws `VIG_FILE_INVALID` with one line per problem.
 */
export function parseYamlFile<Value>(file: string, text: string, schema: z.ZodType<Value>): YamlFile<Value> {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  if (document.errors.length > 0) {
    refuse(document.errors.map(error => ({ file, line: counter.linePos(error.pos[0]).line, cause: error.message })))
  }
  const lineOf = (path: readonly PropertyKey[]) => counter.linePos(offsetOf(document, path)).line || 1
  const parsed = schema.safeParse(document.toJS())
  if (parsed.success) return { value: parsed.data, lineOf }
  const problems = parsed.error.issues.flatMap((issue): FileProblem[] => {
    const at = issue.path.join('.')
    if (issue.code !== 'unrecognized_keys')
      return [{ file, line: lineOf(issue.path), cause: at === '' ? issue.message : `${at}: ${issue.message}` }]
    const known = knownKeys(schema, issue.path)
    return issue.keys.map(key => ({
      file,
      line: lineOf([...issue.path, key]),
      cause: `${at === '' ? '' : `${at}: `}unknown key ${key}; known are ${known.join(', ')}`,
    }))
  })
  return refuse(problems)
}

/** Throws `VIG_FILE_INVALID`, one line per problem, in the order of the lines. */
export function refuse(problems: readonly FileProblem[]): never {
  const lines = problems.toSorted((a, b) => a.line - b.line).map(({ file, line, cause }) => `${file}:${line}: ${cause}`)
  throw new VigiaError('VIG_FILE_INVALID', lines.join('\n'), { problems: problems.length })
}

/** Where the deepest existing part of a path begins: a key of a map at the key itself, an item of a list at the item. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && item.key.value === part)
      if (pair === undefined) break
      if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0]
      node = pair.value
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      const range = (node as { range?: readonly number[] | null } | undefined)?.range
      if (range?.[0] !== undefined) offset = range[0]
    } else break
  }
  return offset
}

/** The keys that an object at this path may have, found by walking the schema. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: z.ZodType | undefined = schema
  for (const part of path) {
    const here = bare(at)
    if (here instanceof z.ZodObject) at = here.shape[String(part)]
    else if (here instanceof z.ZodArray) at = here.element as z.ZodType
    else if (here instanceof z.ZodRecord) at = here.valueType as z.ZodType
    else return []
  }
  const here = bare(at)
  return here instanceof z.ZodObject ? Object.keys(here.shape) : []
}

function bare(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return bare(schema.unwrap() as z.ZodType)
  return schema
}
