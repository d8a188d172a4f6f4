import { type FeedAccess, type FeedFiles, feedFiles } from './feed-files.ts'
import {
  bucketOf,
  bucketsOf,
  type FeedCursor,
  type FeedEntry,
  feedCursor,
  firstFeedCursor,
  type Manifest,
  readManifest,
  worklist,
} from './feed-plan.ts'
import { emptyBatch, gathering } from './indicator.ts'
import type { Cursor, IndicatorSource, Page, Problem } from './indicator-source.ts'
import { issuesOf, type WireAttribute, wireAttribute, wireEvent } from './misp-wire.ts'
import { readCursor } from './rest-cursor.ts'

export type MispFeedOptions = FeedAccess & {
  /** Events in a page, at most; 20 unless told. */
  readonly eventsPerPage?: number
  /** Attributes in a page, at most; 2,000 unless told. A larger event comes in slices. */
  readonly attributesPerPage?: number
}

type FeedEvent = {
  readonly head: {
    readonly uuid: string
    readonly info: string
    readonly published: boolean
    readonly Orgc: string
    readonly Tag: string[]
  }
  readonly attributes: readonly WireAttribute[]
  readonly broken: string | undefined
}

/**
 * Reads a MISP feed (contract 3.3, reference section 6): `manifest.json`, then `<uuid>.json` of each event that is new or
 * has a new timestamp there, in order of (timestamp, uuid), one round after another. As in MISP, content that changed under
 * the same timestamp is no news, a file that cannot be read is tried again, and what is gone from a newer file stays: a publisher withdraws with `deleted: true`.
 */
export function mispFeed(options: MispFeedOptions): IndicatorSource {
  const files = feedFiles(options)
  const eventsPerPage = options.eventsPerPage ?? 20
  const attributesPerPage = options.attributesPerPage ?? 2_000
  /** The manifest last read: while a round goes on, the server need not send it again. */
  let held: { readonly etag: string | undefined; readonly manifest: Manifest } | undefined

  async function manifestNow(cursor: FeedCursor, signal: AbortSignal): Promise<Manifest | 'read'> {
    const idle = cursor.at === undefined && cursor.tag !== '' && cursor.failed === undefined
    const got = await files.manifest(held?.etag ?? (idle ? cursor.etag : undefined), signal)
    if (got !== 'unchanged') held = { etag: got.etag, manifest: readManifest(got.text, options.name) }
    if (held === undefined) return 'read'
    return idle && held.manifest.tag === cursor.tag ? 'read' : held.manifest
  }

  async function pull(text: Cursor | null, signal: AbortSignal): Promise<Page> {
    signal.throwIfAborted()
    const stored = text === null ? undefined : readCursor(feedCursor, text)
    const cursor = stored ?? firstFeedCursor
    const problems: Problem[] = []
    if (text !== null && stored === undefined) {
      problems.push({ file: 'cursor', cause: 'not written by this source; reading from the start' })
    }

    const manifest = await manifestNow(cursor, signal)
    if (manifest === 'read') return { ...emptyBatch, problems, cursor: JSON.stringify(cursor), more: false }
    if (cursor.at === undefined) problems.push(...manifest.problems)

    const again = cursor.at !== undefined && (cursor.again === true || cursor.tag !== manifest.tag)
    const round = { ...firstFeedCursor, tag: manifest.tag, buckets: cursor.buckets }
    const gathered = gathering()
    const failed = new Set(cursor.at === undefined ? [] : cursor.failed)
    let attributes = 0
    let events = 0
    for (const entry of worklist(manifest, cursor)) {
      const from =
        entry.uuid === cursor.at?.uuid && entry.timestamp === cursor.at.timestamp ? (cursor.at.index ?? 0) : 0
      const event = await readEvent(files, entry, signal)
      events += 1
      let end = from
      if ('cause' in event) {
        problems.push({ file: `${entry.uuid}.json`, cause: event.cause })
        failed.add(bucketOf(entry.uuid))
      } else {
        if (event.broken !== undefined && from === 0) problems.push({ file: `${entry.uuid}.json`, cause: event.broken })
        const slice = event.attributes.slice(from, from + attributesPerPage - attributes)
        for (const attribute of slice) gathered.add(attribute, event.head)
        attributes += slice.length
        end += slice.length
        if (end < event.attributes.length) return pageOf({ ...round, again, at: { ...entry, index: end } })
      }
      if (events >= eventsPerPage || attributes >= attributesPerPage) return pageOf({ ...round, again, at: entry })
    }
    return again ? pageOf({ ...round, tag: '' }) : pageOf(finished(manifest, failed), false)

    function pageOf(next: FeedCursor, more = true): Page {
      const cursor = failed.size === 0 ? next : { ...next, failed: [...failed] }
      return { ...gathered.batch(), problems, cursor: JSON.stringify(cursor), more }
    }
  }

  function finished(manifest: Manifest, failed: ReadonlySet<number>): FeedCursor {
    const etag = held?.etag !== undefined && held.etag.length <= 200 ? { etag: held.etag } : {}
    return { ...firstFeedCursor, tag: manifest.tag, ...etag, buckets: bucketsOf(manifest.entries, failed) }
  }

  return { name: options.name, pull }
}

/** The event of an entry, or why it cannot be read. */
async function readEvent(
  files: FeedFiles,
  entry: FeedEntry,
  signal: AbortSignal,
): Promise<FeedEvent | { readonly cause: string }> {
  const got = await files.event(entry.uuid, signal)
  if ('cause' in got) return got
  let value: unknown
  try {
    value = JSON.parse(got.text)
  } catch {
    return { cause: 'is no JSON' }
  }
  const parsed = wireEvent.safeParse(value)
  if (!parsed.success) return { cause: issuesOf(parsed.error) }
  const { Event } = parsed.data
  if (Event.uuid !== entry.uuid) return { cause: 'holds an event of another uuid' }

  const raw = (Event.Attribute ?? []).map(attribute => ({ attribute, gone: false }))
  for (const object of Event.Object ?? []) {
    for (const attribute of object.Attribute ?? []) raw.push({ attribute, gone: object.deleted })
  }
  const attributes: WireAttribute[] = []
  const causes: string[] = []
  for (const { attribute, gone } of raw) {
    const read = wireAttribute.safeParse(attribute)
    if (read.success) attributes.push(gone ? { ...read.data, deleted: true } : read.data)
    else causes.push(issuesOf(read.error))
  }
  const broken = causes.length === 0 ? undefined : `${causes.length} attributes cannot be read, the first: ${causes[0]}`
  return { head: Event, attributes, broken }
}
