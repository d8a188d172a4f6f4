import { gathering } from './indicator.ts'
import type { Cursor, IndicatorSource, Page, Problem } from './indicator-source.ts'
import type { WireRow } from './misp-wire.ts'
import { type MispAccess, type MispClient, mispClient } from './rest-client.ts'
import {
  type AttributeCursor,
  doneLimit,
  type EventCursor,
  firstCursor,
  type RestCursor,
  readRestCursor,
  seenLimit,
} from './rest-cursor.ts'
import {
  byPublication,
  byTime,
  digestOfHead,
  digestOfRow,
  type EventHead,
  fetchById,
  fetchPublished,
  fetchRows,
  forever,
} from './rest-rows.ts'

export type MispRestOptions = MispAccess & {
  readonly name: string
  /** Rows per question; 1,000 unless told (reference section 8: 1,000 to 5,000 is best). */
  readonly limit?: number
  /** Attributes whose last change lies further back are not pulled; 90 days unless told. */
  readonly days?: number
  /** Epoch ms. */
  readonly now: () => number
}

/** Rows dated later than this are left to their time: a date in the future must not carry the cursor away with it. */
const futureSeconds = 300
/** A publication may become visible this much after its time. */
const lateSeconds = 60
/** Clocks of MISP and Vigía may differ by this much when the first pull begins. */
const skewSeconds = 600
/** Events read in one pull, at most. */
const eventsPerPull = 20

type Step<C> = {
  readonly rows: readonly WireRow[]
  readonly problems: readonly Problem[]
  readonly cursor: C
  readonly more: boolean
}

/**
 * Pulls from MISP's restSearch, with two cursors (reference section 4):
 * - attribute `timestamp`, by keyset: local edits, and all of the last `days` days in the first pull;
 * - event `publish_timestamp`: each event that was published since is read whole, since what a sync or a feed brings is
 *   dated by its author, and an edit unpublishes its event until someone publishes it again.
 * What leaves no trace in restSearch (hard deletions, deleted or unpublished events) is not seen here.
 */
export function mispRestSearch(options: MispRestOptions): IndicatorSource {
  const client = mispClient(options)
  const limit = options.limit ?? 1_000
  const days = options.days ?? 90

  async function pull(text: Cursor | null, signal: AbortSignal): Promise<Page> {
    signal.throwIfAborted()
    const second = Math.floor(options.now() / 1_000)
    const since = Math.max(0, second - days * 86_400)
    const stored = text === null ? undefined : readRestCursor(text)
    const cursor: RestCursor = stored ?? firstCursor(since, second - skewSeconds)
    const unread = text !== null && stored === undefined

    const edited = await readEdited(client, cursor.attributes, limit, second, signal)
    // A long first pull goes on by itself; publications wait, and lose nothing by it.
    const published: Step<EventCursor> = edited.more
      ? { rows: [], problems: [], cursor: cursor.events, more: true }
      : await readPublished(client, cursor.events, limit, since, signal)

    const known = new Set(edited.rows.map(digestOfRow))
    const gathered = gathering()
    for (const row of edited.rows) gathered.add(row, row.Event)
    for (const row of published.rows) if (!known.has(digestOfRow(row))) gathered.add(row, row.Event)
    return {
      ...gathered.batch(),
      problems: [
        ...(unread ? [{ file: 'cursor', cause: 'not written by this source; reading from the start' }] : []),
        ...edited.problems,
        ...published.problems,
      ],
      cursor: JSON.stringify({ ...cursor, attributes: edited.cursor, events: published.cursor }),
      more: edited.more || published.more,
    }
  }

  return { name: options.name, pull }
}

async function readEdited(
  client: MispClient,
  cursor: AttributeCursor,
  limit: number,
  now: number,
  signal: AbortSignal,
): Promise<Step<AttributeCursor>> {
  const { t } = cursor
  if (cursor.second !== undefined) {
    const got = await fetchById(client, { timestamp: [t, t] }, cursor.second, limit, signal)
    const more = got.full || isOver(t, got.clock ?? now)
    const next = got.full || !more ? { t, seen: [], second: got.next } : { t: t + 1, seen: [] }
    return { rows: got.rows, problems: got.problems, cursor: next, more }
  }
  const got = await fetchRows(client, { timestamp: [t, forever], order: byTime, page: 1 }, limit, signal)
  const clock = got.clock ?? now
  const due = got.rows.filter(row => row.timestamp <= clock + futureSeconds)
  const full = got.full && due.length === got.rows.length
  const last = due.at(-1)
  if (last === undefined) return { rows: [], problems: got.problems, cursor, more: false }

  const known = new Set(cursor.seen)
  const rows = due.filter(row => !known.has(digestOfRow(row)))
  const step = { rows, problems: got.problems, more: full }
  if (full && due[0]?.timestamp === last.timestamp) {
    return { ...step, cursor: { t: last.timestamp, seen: [], second: { id: last.id, page: 1 } } }
  }
  const seen = due.filter(row => row.timestamp === last.timestamp).map(digestOfRow)
  if (seen.length <= seenLimit) return { ...step, cursor: { t: last.timestamp, seen } }
  // Too many to remember: they come again, unless their second is over and all of it was read.
  return {
    ...step,
    cursor: { t: !full && isOver(last.timestamp, clock) ? last.timestamp + 1 : last.timestamp, seen: [] },
  }
}

/** Whether nothing more is being written with this second as its date; a date in the future counts as over. */
function isOver(second: number, clock: number): boolean {
  return Math.abs(clock - second) > 2
}

async function readPublished(
  client: MispClient,
  cursor: EventCursor,
  limit: number,
  since: number,
  signal: AbortSignal,
): Promise<Step<EventCursor>> {
  const floor: EventHead = { uuid: cursor.uuid, published: cursor.t }
  const heads = (await fetchPublished(client, cursor.t, signal)).filter(head => byPublication(head, floor) > 0)
  const known = new Set(cursor.done)
  const waiting = heads.filter(head => !known.has(digestOfHead(head)))
  const done = heads.filter(head => known.has(digestOfHead(head)))
  const rows: WireRow[] = []
  const problems: Problem[] = []
  let at = cursor.at

  for (const [index, head] of waiting.entries()) {
    if (rows.length >= limit || index >= eventsPerPull) {
      return { rows, problems, cursor: settled(floor, done, head), more: true }
    }
    const resumed = at?.uuid === head.uuid && at.published === head.published ? at : { id: 0, page: 1 }
    at = undefined
    const filter = { eventid: head.uuid, timestamp: [since, forever] as const }
    const got = await fetchById(client, filter, { id: resumed.id, page: resumed.page }, limit, signal)
    rows.push(...got.rows)
    problems.push(...got.problems)
    if (got.full)
      return { rows, problems, cursor: { ...settled(floor, done, head), at: { ...head, ...got.next } }, more: true }
    done.push(head)
  }
  return { rows, problems, cursor: settled(floor, done), more: false }
}

/** Forgets publications that nothing can come in before any more, or that there is no room for; never passes what is unread. */
function settled(from: EventHead, read: readonly EventHead[], unread?: EventHead): EventCursor {
  const done = [...read].sort(byPublication)
  const newest = done.at(-1)?.published ?? 0
  let floor = from
  for (let oldest = done[0]; oldest !== undefined; oldest = done[0]) {
    if (done.length <= doneLimit && oldest.published >= newest - lateSeconds) break
    if (unread !== undefined && byPublication(oldest, unread) > 0) break
    floor = oldest
    done.shift()
  }
  // Those that find no room are read once more.
  return { t: floor.published, uuid: floor.uuid, done: done.slice(0, doneLimit).map(digestOfHead) }
}
