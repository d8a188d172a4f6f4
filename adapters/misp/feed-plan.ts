import { createHash } from 'node:crypto'
import { z } from 'zod'
import { VigiaError } from '../../core/errors.ts'
import type { Problem } from './indicator-source.ts'
import { checked, issuesOf, uuidPattern, wireManifestEntry } from './misp-wire.ts'

/** An event as the manifest names it; `timestamp` in epoch seconds. */
export type FeedEntry = { readonly uuid: string; readonly timestamp: number }

export type Manifest = {
  /** sha256 of its text. */
  readonly tag: string
  /** In order of (timestamp, uuid). */
  readonly entries: readonly FeedEntry[]
  readonly problems: readonly Problem[]
}

const bucketCount = 256
const bucketDigits = 8

export const feedCursor = z.object({
  v: z.literal(1),
  kind: z.literal('misp-feed'),
  /** Tag and etag of the manifest that this round began with, or that the last one ended with. */
  tag: z.string(),
  etag: z.string().optional(),
  /**
   * What the last whole round had read: a digest for each of 256 groups of events. A feed may add an event that is older
   * than others (MISP takes it, since it does not know its uuid), so a timestamp alone does not say what is new; a cursor
   * has no room for every uuid; a group whose digest differs is read again.
   */
  buckets: z.string().max(bucketCount * bucketDigits),
  /** Set within a round: the last event read, and of one that is not whole yet, how many attributes are. */
  at: z
    .object({ timestamp: z.number().int(), uuid: z.string(), index: z.number().int().positive().optional() })
    .optional(),
  /** Groups with an event that could not be read: they are read again in the next round. */
  failed: z.array(z.number().int()).optional(),
  /** The manifest changed within this round, so another one follows. */
  again: z.boolean().optional(),
})
export type FeedCursor = z.output<typeof feedCursor>

export const firstFeedCursor: FeedCursor = { v: 1, kind: 'misp-feed', tag: '', buckets: '' }

/** Reads `manifest.json` (contract 3.3). An entry that is broken, or whose name is no uuid, is a problem and passed over. */
export function readManifest(text: string, feed: string): Manifest {
  const entries: FeedEntry[] = []
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(objectOf(text, feed))) {
    const entry = wireManifestEntry.safeParse(value)
    const uuid = name.toLowerCase()
    if (!uuidPattern.test(uuid))
      problems.push({ file: 'manifest.json', cause: `${JSON.stringify(name.slice(0, 60))} is no uuid` })
    else if (!entry.success) problems.push({ file: 'manifest.json', cause: `${uuid}: ${issuesOf(entry.error)}` })
    else entries.push({ uuid, timestamp: entry.data.timestamp })
  }
  return { tag: createHash('sha256').update(text).digest('hex'), entries: entries.sort(byTimestamp), problems }
}

function objectOf(text: string, feed: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new VigiaError('VIG_REPLY_INVALID', `feed ${feed}: manifest.json is no JSON`)
  }
  // PHP writes an empty map as a list.
  if (Array.isArray(value) && value.length === 0) return {}
  return checked(z.record(z.string(), z.unknown()), value, `feed ${feed}: manifest.json`)
}

export function byTimestamp(a: FeedEntry, b: FeedEntry): number {
  return a.timestamp - b.timestamp || (a.uuid < b.uuid ? -1 : a.uuid > b.uuid ? 1 : 0)
}

/** The digests of all groups, one after the other; of one that failed, what no digest equals. */
export function bucketsOf(entries: readonly FeedEntry[], failed: ReadonlySet<number> = new Set()): string {
  const hashes = Array.from({ length: bucketCount }, () => createHash('sha256'))
  for (const { uuid, timestamp } of entries) hashes[bucketOf(uuid)]?.update(`${uuid}/${timestamp} `)
  return hashes
    .map((hash, bucket) =>
      (failed.has(bucket) ? '-' : hash.digest('hex').slice(0, bucketDigits)).padEnd(bucketDigits, '-'),
    )
    .join('')
}

export function bucketOf(uuid: string): number {
  return createHash('sha256').update(uuid).digest()[0] ?? 0
}

/** What is left to read of a round, in order of (timestamp, uuid). */
export function worklist(manifest: Manifest, cursor: FeedCursor): FeedEntry[] {
  const now = bucketsOf(manifest.entries)
  const digestIn = (all: string, bucket: number) => all.slice(bucket * bucketDigits, (bucket + 1) * bucketDigits)
  const { at } = cursor
  return manifest.entries.filter(entry => {
    const order = at === undefined ? 1 : byTimestamp(entry, at)
    if (order < 0 || (order === 0 && at?.index === undefined)) return false
    const bucket = bucketOf(entry.uuid)
    return digestIn(cursor.buckets, bucket) !== digestIn(now, bucket)
  })
}
