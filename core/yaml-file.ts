import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { VigiaError } from './errors.ts'

/** A configuration file as it was read; whoever loads it does the reading. */
export type SourceFile = { readonly path: string; readonly text: string }

/** What is wrong in a configuration file, and where; lines count from 1. */
export type FileProblem = { readonly file: string; readonly line: number; readonly cause: string }

type Path = readonly PropertyKey[]

export type YamlFile<Value> = { readonly value: Value; readonly lineOf: (path: Path) => number }

/** A file that fits its schema has a value; one that does not has problems, all of them. */
type YamlReading<Value> = YamlFile<Value | undefined> & { readonly problems: readonly FileProblem[] }

/** `readYamlFile` for a file that stands alone: throws `VIG_FILE_INVALID` with one line per problem. */
export function parseYamlFile<Value extends object>(
  file: string,
  text: string,
  schema: z.ZodType<Value>,
): YamlFile<Value> {
  const { value, problems, lineOf } = readYamlFile(file, text, schema)
  return value === undefined ? refuse(problems) : { value, lineOf }
}

/**
 * Reads YAML strictly: syntax, unknown keys (the known ones are named) and wrong values are all listed, each with its
 * line. Never throws for what the file says, so that several files can be told of at once. A custom issue of the
 * schema may say in `params.linesOn` how many lines after its key it lies.
 */
export function readYamlFile<Value extends object>(
  file: string,
  text: string,
  schema: z.ZodType<Value>,
): YamlReading<Value> {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number) => counter.linePos(offset).line || 1
  const lineOf = (path: Path) => lineAt(offsetOf(document, path))
  if (document.errors.length > 0) {
    const problems = document.errors.map(error => ({ file, line: lineAt(error.pos[0]), cause: error.message }))
    return { value: undefined, problems, lineOf }
  }
  const parsed = schema.safeParse(document.toJS())
  if (parsed.success) return { value: parsed.data, problems: [], lineOf }
  const problems = parsed.error.issues.flatMap((issue): FileProblem[] => {
    const place = issue.path.length === 0 ? '' : `${told(issue.path)}: `
    if (issue.code !== 'unrecognized_keys') {
      const linesOn = issue.code === 'custom' ? Number(issue.params?.linesOn ?? 0) : 0
      return [{ file, line: lineOf(issue.path) + linesOn, cause: `${place}${issue.message}` }]
    }
    const known = knownKeys(schema, issue.path).join(', ')
    return issue.keys.map(key => ({
      file,
      line: lineOf([...issue.path, key]),
      cause: `${place}unknown key '${key}' (known: ${known})`,
    }))
  })
  return { value: undefined, problems, lineOf }
}

/** Throws `VIG_FILE_INVALID`, one line `file:line: cause` per problem: file by file, in the order of the lines. */
export function refuse(problems: readonly FileProblem[]): never {
  const files = [...new Set(problems.map(({ file }) => file))]
  const lines = problems
    .toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line)
    .map(({ file, line, cause }) => `${file}:${line}: ${cause}`)
  throw new VigiaError('VIG_FILE_INVALID', lines.join('\n'), { problems: problems.length })
}

/** `rules[0].when`: an item of a list by its index, which counts from 0. */
function told(path: Path): string {
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

/** Where the deepest existing part of a path begins: a key of a map at the key itself, an item of a list at the item. */
function offsetOf(document: Document, path: Path): number {
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
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
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
  if (schema instanceof z.ZodPipe) return bare(schema.in as z.ZodType)
  return schema
}
