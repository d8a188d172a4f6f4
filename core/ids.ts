import { hash } from 'node:crypto'

/** The three ids that everything is accounted by. All are text; their making never changes. */

/** Where a raw record lies: topic/partition/offset. Unique, and always there. */
export function rawIdOf(topic: string, partition: number, offset: number): string {
  return `${topic}/${partition}/${offset}`
}

/** One alert of a raw record: the cause of all that follows from it. */
export function partIdOf(rawId: string, part: number): string {
  return `${rawId}#${part}`
}

/** A decision that names an event in its key asks for the id that the engine asks for next. */
let latest = { causeId: '', stage: '', kind: '', ordinal: -1, id: '' }

/** hash(cause id, stage, kind, ordinal): a repeat made by a retry or a replay has the same id. */
export function eventIdOf(causeId: string, stage: string, kind: string, ordinal: number): string {
  const { causeId: cause, stage: of, kind: like, ordinal: number } = latest
  if (number === ordinal && cause === causeId && like === kind && of === stage) return latest.id
  const id = digest([causeId, stage, kind, String(ordinal)]).slice(0, 32)
  latest = { causeId, stage, kind, ordinal, id }
  return id
}

/** sha256 over length-prefixed parts, so that no two lists of parts collide; lower-case hex. */
export function digest(parts: readonly string[]): string {
  let text = ''
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`
  return hash('sha256', text)
}

/** A short name for people, such as `a-7f3c`, from an id. */
export function shortId(prefix: string, id: string): string {
  return `${prefix}-${id.slice(0, 8)}`
}
