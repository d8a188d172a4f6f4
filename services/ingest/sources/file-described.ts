import type { Attachment } from '../../../schemas/generated/types.ts'
import { isObject, type JsonObject } from '../json-object.ts'

/** The field that the API adds to a TheHive alert: one description for each file that came with it. */
export const filesField = 'vigia_files'

/** A file as it is told on `alerts.raw`, which never holds the file itself. */
export type DescribedFile = Attachment & {
  /** The name of its part in a multipart body, or its field, such as `artifacts[2].data`. */
  readonly part: string
  /** Whether the content store has it. */
  readonly kept: boolean
}

/** As many files as one alert may bring. */
export const mostFiles = 200

/** What the body says of its files; what is no description is passed over. */
export function describedFiles(body: JsonObject): readonly DescribedFile[] {
  const given = body[filesField]
  return Array.isArray(given) ? given.slice(0, mostFiles).flatMap(described) : []
}

/** Names of one part by several observables are heeded so often together; more are of a sender that wants us busy. */
const mostNamings = 1000

/** What finds the described files of some parts, in the order in which they are described. */
export function filesByPart(body: JsonObject): (parts: readonly string[]) => readonly DescribedFile[] {
  const files = describedFiles(body)
  const known = new Set(files.map(({ part }) => part))
  let given = 0
  return parts => {
    const wanted = new Set(parts.filter(part => known.has(part)))
    if (wanted.size === 0 || given >= mostNamings) return []
    const found = files.filter(({ part }) => wanted.has(part))
    given += found.length
    return found
  }
}

function described(given: unknown): DescribedFile[] {
  if (!isObject(given)) return []
  const { part, name, contentType, size, sha256, kept } = given
  if (typeof part !== 'string' || typeof name !== 'string' || typeof sha256 !== 'string') return []
  if (!/^[0-9a-f]{64}$/.test(sha256) || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return []
  const type = typeof contentType === 'string' ? contentType : ''
  return [{ part, name: name.slice(0, 255), contentType: type.slice(0, 255), size, sha256, kept: kept === true }]
}
