import { createHash } from 'node:crypto'

/** The three ids that everything is accounted by. All are text; their making never changes. */

/** Where a raw record lies: topic/partition/offset. Unique, and always there. */
export function rawIdOf(topic: string, partition: number, offset: number): string {
  return `${topic}/${partition}/${offset}`
}

/** One alert of a raw record: the cause of all that follows from it. */
export function partIdOf(rawId: string, part: number): string {
  return `${rawId}#${part}`
}

/** hash(cause id, stage, kind, ordinal): a repeat made by a retry or a replay has the same id. */
export function eventIdOf(causeId: string, stage: string, kind: string, ordinal: number): string {
  return digest([causeId, stage, kind, String(ordinal)]).slice(0, 32)
}

/** sha256 over length-prefixed parts, so that no two lists of parts collide; lower-case hex. */
export function digest(parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('hex')
}

/** A short name for people, such as `a-7f3c`, from an id. */
export function shortId(prefix: string, id: string): string {
  return `${prefix}-${id.slice(0, 8)}`
}
