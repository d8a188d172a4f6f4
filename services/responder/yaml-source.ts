import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { VigiaError } from '../../core/errors.ts'

/** A configuration file as it was read; whoever loads it does the reading. */
export type SourceFile = { readonly path: string; readonly text: string }

export type Problem = { readonly path: string; readonly line: number; readonly says: string }

export type Path = readonly PropertyKey[]

/** A file that fits its schema has a value; one that does not has problems, all of them. Lines count from 1. */
export type Located<Value> = {
  readonly value: Value | undefined
  readonly problems: readonly Problem[]
  lineOf(path: Path): number
}

/**
 * Reads YAML strictly: an unknown key is a problem, told with its line and the keys that are known there. An issue of
 * the schema's own may say in `params.linesOn` how many lines after its key it lies.
 */
export function readYaml<Schema extends z.ZodType>(file: SourceFile, schema: Schema): Located<z.infer<Schema>> {
  const lines = new LineCounter()
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line)
  const lineOf = (path: Path) => lineAt(offsetOf(document, path))
  const problem = (line: number, says: string) => ({ path: file.path, line, says })
  if (document.errors.length > 0) {
    const problems = document.errors.map(error => problem(lineAt(error.pos[0]), error.message))
    return { value: undefined, problems, lineOf }
  }
  const read = schema.safeParse(document.toJS({ maxAliasCount: 100 }))
  if (read.success) return { value: read.data, problems: [], lineOf }
  const problems = read.error.issues.flatMap(issue => {
    const place = issue.path.length === 0 ? '' : `${told(issue.path)}: `
    if (issue.code !== 'unrecognized_keys') {
      const linesOn = issue.code === 'custom' ? Number(issue.params?.linesOn ?? 0) : 0
      return [problem(lineOf(issue.path) + linesOn, `${place}${issue.message}`)]
    }
    const known = knownKeys(schema, issue.path).join(', ')
    return issue.keys.map(key =>
      problem(lineOf([...issue.path, key]), `${place}unknown key '${key}' (known: ${known})`),
    )
  })
  return { value: undefined, problems, lineOf }
}

/** Refuses to start where there is a problem, naming every one with its file and line. */
export function refuseProblems(problems: readonly Problem[]): void {
  const [first] = problems
  if (first === undefined) return
  const told = problems.map(each => `${each.path}:${each.line}: ${each.says}`)
  const details = { file: first.path, line: first.line, problems: problems.length }
  throw new VigiaError('VIG_FILE_INVALID', told.join('\n'), details)
}

function told(path: Path): string {
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

/** Where the deepest part of a path that exists begins: a key itself, an item of a list. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents
  let offset = 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && item.key.value === part)
      if (pair === undefined) break
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      offset = rangeStart(node) ?? offset
    } else break
  }
  return offset
}

function rangeStart(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined
}

function knownKeys(schema: unknown, path: Path): readonly string[] {
  const inner = unwrapped(schema)
  const [part, ...rest] = path
  if (part === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
  if (inner instanceof z.ZodArray) return knownKeys(inner.element, rest)
  if (inner instanceof z.ZodObject) return knownKeys(inner.shape[String(part)], rest)
  return []
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return unwrapped(schema.unwrap())
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in)
  return schema
}
