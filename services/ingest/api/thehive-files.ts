import { createHash } from 'node:crypto'
import type { Part } from '../../../adapters/http/multipart.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { baseName, fileDataOf } from '../sources/file-data.ts'
import { type DescribedFile, filesField } from '../sources/file-described.ts'

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
 */
export function withoutFiles(text: string, value: JsonObject, parts: readonly Part[], kept: boolean): WithoutFiles {
  const inside = filesInside(value)
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
 * `undefined` where a string is not found as often as it is there, since it was escaped in another way.
 */
function shortened(text: string, inside: readonly Inside[]): string | undefined {
  let short = text
  for (const { data, file } of new Map(inside.map(each => [each.data, each])).values()) {
    const pieces = piecesAround(short, data)
    if (pieces.length - 1 !== inside.filter(each => each.data === data).length) return undefined
    short = pieces.join(JSON.stringify(file.name))
  }
  return short
}

/** What stands between the string literals that mean `data`. */
function piecesAround(text: string, data: string): string[] {
  const ending = `${data.slice(data.lastIndexOf(';'))}"`
  const pieces: string[] = []
  let from = 0
  for (let at = text.indexOf(ending, from); at >= 0; at = text.indexOf(ending, at + 1)) {
    const start = openingQuote(text, at - 1, from)
    const end = at + ending.length
    if (start === undefined || !isLiteral(text.slice(start, end), data)) continue
    pieces.push(text.slice(from, start))
    from = end
  }
  return [...pieces, text.slice(from)]
}

/** Names and types are short: the quote that opens the string stands near. */
const longestName = 8192

function openingQuote(text: string, before: number, from: number): number | undefined {
  for (let at = before; at >= Math.max(from, before - longestName); at--) {
    if (text.charAt(at) !== '"') continue
    let escapes = 0
    while (text.charAt(at - 1 - escapes) === '\\') escapes++
    if (escapes % 2 === 0) return at
  }
  return undefined
}

function isLiteral(literal: string, data: string): boolean {
  try {
    return JSON.parse(literal) === data
  } catch {
    return false
  }
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
