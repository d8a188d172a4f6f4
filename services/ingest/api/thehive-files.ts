import { createHash } from 'node:crypto'
import type { Part } from '../../../adapters/http/multipart.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { baseName, fileDataOf } from '../sources/file-data.ts'
import { type DescribedFile, filesField, mostFiles } from '../sources/file-described.ts'

/** A file that came with an alert, and what its record says of it. */
export type ReceivedFile = { readonly bytes: Buffer; readonly described: DescribedFile }

/** An alert without the files that stood in it: the text that goes on the log, and the same parsed. */
export type WithoutFiles = {
  readonly text: string
  readonly alert: JsonObject
  readonly files: readonly ReceivedFile[]
}

/**
 * Takes the files out of an alert: those in its artifacts (`name;mime;base64`), and `parts`, which came beside it. In their
 * stead it has their names, and `vigia_files`. What else the sender wrote keeps its bytes. `kept`: whether they will be.
 * `undefined` where there are more files than an alert may bring.
 */
export function withoutFiles(
  text: string,
  value: JsonObject,
  parts: readonly Part[],
  kept: boolean,
): WithoutFiles | undefined {
  const inside = filesInside(value)
  if (parts.length + inside.length > mostFiles) return undefined
  const files = [
    ...parts.map(part => received(part.name, part.filename ?? part.name, part.contentType ?? '', part.bytes, kept)),
    ...inside.map(({ part, file, bytes }) => received(part, file.name, file.contentType, bytes, kept)),
  ]
  // The field is ours: what a sender writes there would tell of files that nobody has seen.
  if (files.length === 0 && !(filesField in value)) return { text, alert: value, files }
  const described = files.map(file => file.described)
  const named = inside.length === 0 ? value : withNames(value)
  const alert = { ...named, [filesField]: described }
  return { text: added(shortened(text, inside) ?? JSON.stringify(named), described), alert, files }
}

type Inside = {
  readonly part: string
  readonly data: string
  readonly file: { name: string; contentType: string }
  readonly bytes: Buffer
}

const lists = ['artifacts', 'observables'] as const

function filesInside(value: JsonObject): Inside[] {
  return lists.flatMap(list => {
    const items = value[list]
    if (!Array.isArray(items)) return []
    return items.flatMap((item: unknown, index): Inside[] => {
      const data = fileTextOf(item)
      const file = data === undefined ? undefined : fileDataOf(data)
      if (data === undefined || file === undefined || file.base64 === '') return []
      return [{ part: `${list}[${index}].data`, data, file, bytes: Buffer.from(file.base64, 'base64') }]
    })
  })
}

function fileTextOf(item: unknown): string | undefined {
  if (!isObject(item) || typeof item.dataType !== 'string' || item.dataType.toLowerCase() !== 'file') return undefined
  return typeof item.data === 'string' ? item.data : undefined
}

function withNames(value: JsonObject): JsonObject {
  const named: Record<string, unknown> = { ...value }
  for (const list of lists) {
    const items = value[list]
    if (!Array.isArray(items)) continue
    named[list] = items.map((item: unknown) => {
      const data = fileTextOf(item)
      const file = data === undefined ? undefined : fileDataOf(data)
      return isObject(item) && file !== undefined && file.base64 !== '' ? { ...item, data: file.name } : item
    })
  }
  return named
}

/**
 * The sender's own text with each file's string replaced by the name, so that numbers and order stay as they were written.
 * `undefined` where a string stands elsewhere too. In one pass, however many files there are.
 */
function shortened(text: string, inside: readonly Inside[]): string | undefined {
  if (inside.length === 0) return text
  const files = new Map(inside.map(({ data, file }) => [data, { name: JSON.stringify(file.name), left: 0 }]))
  for (const { data } of inside) {
    const file = files.get(data)
    if (file !== undefined) file.left += 1
  }
  const pieces: string[] = []
  let from = 0
  for (const [start, end] of literalsOf(text)) {
    const file = files.get(saidBy(text.slice(start, end)))
    if (file === undefined) continue
    file.left -= 1
    pieces.push(text.slice(from, start), file.name)
    from = end
  }
  if ([...files.values()].some(({ left }) => left !== 0)) return undefined
  return [...pieces, text.slice(from)].join('')
}

/** Where each string of a JSON text begins and ends, with its quotes. */
function* literalsOf(text: string): Generator<readonly [start: number, end: number]> {
  for (let start = text.indexOf('"'); start >= 0; ) {
    let end = text.indexOf('"', start + 1)
    while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
    if (end < 0) return
    yield [start, end + 1]
    start = text.indexOf('"', end + 1)
  }
}

function isEscaped(text: string, at: number): boolean {
  let escapes = 0
  while (text.charCodeAt(at - 1 - escapes) === 0x5c) escapes++
  return escapes % 2 === 1
}

function saidBy(literal: string): string {
  return literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1)
}

/** An alert has its required fields or is refused; of a doubled name, JSON takes the last. */
function added(text: string, described: readonly DescribedFile[]): string {
  const inner = text.trimEnd().slice(0, -1)
  const comma = inner.trimEnd().endsWith('{') ? '' : ','
  return `${inner}${comma}"${filesField}":${JSON.stringify(described)}}`
}

function received(part: string, name: string, contentType: string, bytes: Buffer, kept: boolean): ReceivedFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const described = { part, name: baseName(name), contentType, size: bytes.length, sha256, kept }
  return { bytes, described }
}
