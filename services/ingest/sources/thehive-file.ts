import { createHash } from 'node:crypto'
import { isObject, type JsonObject } from '../json-object.ts'
import { baseName, fileDataOf } from './file-data.ts'
import type { DescribedFile } from './file-described.ts'
import type { FoundObservable } from './mapped.ts'

/**
 * A file among the observables of a TheHive alert: in TheHive 5 it names a part of the multipart body, before it stands in
 * the field as `name;mime;base64`, its name often with the sender's whole path. What came through the API is described
 * by it; what did not is read here, and not kept.
 */
export function fileOf(
  filesOf: (parts: readonly string[]) => readonly DescribedFile[],
  item: JsonObject,
  path: string,
): FoundObservable[] {
  const described = filesOf([path, ...partsNamed(item)])
  if (described.length > 0) return described.flatMap(file => keptAs(file, file.part === path ? path : besides(path)))
  const given = typeof item.data === 'string' ? item.data : nameOf(item.attachment)
  const inside = fileDataOf(given)
  const [name = ''] = given.split(';')
  const found = asFilename(inside?.name ?? baseName(name), path)
  const bytes = Buffer.from(inside?.base64 ?? '', 'base64')
  if (bytes.length === 0) return found
  return [...found, { type: 'hash', value: createHash('sha256').update(bytes).digest('hex'), role: 'indicator', path }]
}

/** The parts of the multipart body that an observable says are its files. */
export function partsNamed(item: JsonObject): string[] {
  const { attachment } = item
  return (Array.isArray(attachment) ? attachment : [attachment]).filter(each => typeof each === 'string')
}

/** A described file: the file itself where the content store has it, its hash, and its name. */
export function keptAs(file: DescribedFile, path: string): FoundObservable[] {
  const { name, contentType, size, sha256 } = file
  const attachment = { name, contentType, size, sha256 }
  const itself: FoundObservable[] = file.kept
    ? [{ type: 'file', value: sha256, role: 'indicator', path, attachment }]
    : []
  return [...itself, ...asFilename(name, path), { type: 'hash', value: sha256, role: 'indicator', path }]
}

function asFilename(name: string, path: string): FoundObservable[] {
  return name.trim() === '' ? [] : [{ type: 'filename', value: name, role: 'indicator', path }]
}

function besides(path: string): string {
  return path.replace(/\.data$/, '.attachment')
}

function nameOf(attachment: unknown): string {
  const name = isObject(attachment) ? attachment.name : attachment
  return typeof name === 'string' ? name : ''
}
