import { digest } from '../../core/ids.ts'
import type { Problem } from './indicator-source.ts'
import { checked, issuesOf, type WireRow, wireEventHeads, wireRow, wireRows } from './misp-wire.ts'
import type { MispClient } from './rest-client.ts'
import type { ById } from './rest-cursor.ts'

/** The end of time, in MISP's seconds. */
export const forever = 4_000_000_000

export type Rows = {
  readonly rows: readonly WireRow[]
  readonly problems: readonly Problem[]
  readonly full: boolean
  /** MISP's clock in epoch seconds, where it told. */
  readonly clock: number | undefined
}

export type EventHead = { readonly uuid: string; readonly published: number }

/** The filter of every question: published, deleted ones too, for a deletion is news; to_ids either way, for the same reason. */
const asked = { returnFormat: 'json', published: 1, deleted: [0, 1], includeEventTags: 1, includeContext: 1 } as const

/** One page of attributes/restSearch (contract 1.6). A limit is always sent: without one MISP sends everything. */
export async function fetchRows(
  client: MispClient,
  filter: { timestamp: readonly [number, number]; eventid?: string; order: readonly string[]; page: number },
  limit: number,
  signal: AbortSignal,
): Promise<Rows> {
  const path = '/attributes/restSearch'
  const reply = await client.post(path, { ...asked, ...filter, limit }, signal)
  const raw = checked(wireRows, reply.body, `MISP ${path}`).response.Attribute
  const rows: WireRow[] = []
  const problems: Problem[] = []
  for (const [index, item] of raw.entries()) {
    const row = wireRow.safeParse(item)
    if (row.success) rows.push(row.data)
    else problems.push({ file: `attributes/restSearch[${index}]`, cause: issuesOf(row.error) })
  }
  // A page on which nothing is readable gives no place to go on from.
  if (raw.length > 0 && rows.length === 0) checked(wireRow, raw[0], `MISP ${path}`)
  const clock = reply.date === undefined ? undefined : Math.floor(reply.date / 1_000)
  // X-Result-Count is one more than the rows on a full page, and 1 on an empty one: only `>` tells them apart.
  return { rows, problems, full: raw.length >= limit || reply.resultCount > limit, clock }
}

export const byTime = ['Attribute.timestamp asc', 'Attribute.id asc'] as const
const idOrder = ['Attribute.id asc'] as const

/**
 * The rows after `from.id`, by id. Rows before may have left the filter since (an edit, a hard deletion), which moves the
 * rest forward: so the page that was read last is looked at again before the next one is asked for.
 */
export async function fetchById(
  client: MispClient,
  filter: { timestamp: readonly [number, number]; eventid?: string },
  from: ById,
  limit: number,
  signal: AbortSignal,
): Promise<Rows & { readonly next: ById }> {
  const ask = (page: number) => fetchRows(client, { ...filter, order: idOrder, page }, limit, signal)
  let page = from.page
  let got = await ask(page)
  while (page > 1 && (got.rows[0]?.id ?? Number.POSITIVE_INFINITY) > from.id) got = await ask(--page)
  let fresh = got.rows.filter(row => row.id > from.id)
  if (fresh.length === 0 && got.full) {
    got = await ask(++page)
    fresh = got.rows.filter(row => row.id > from.id)
  }
  return { ...got, rows: fresh, full: got.full && fresh.length > 0, next: { id: fresh.at(-1)?.id ?? from.id, page } }
}

/** How many events a listing asks for at once: MISP takes some 10 ms for each. */
const headLimit = 100

/**
 * Every event published at or after `since` (epoch seconds), in order of (publish time, uuid). MISP lists by id, so the
 * whole window is read and sorted here; it is as wide as the time since the last pull.
 */
export async function fetchPublished(client: MispClient, since: number, signal: AbortSignal): Promise<EventHead[]> {
  const path = '/events/restSearch'
  const heads = new Map<string, EventHead>()
  for (let page = 1; ; page += 1) {
    const body = {
      returnFormat: 'json',
      metadata: 1,
      published: 1,
      publish_timestamp: since,
      order: 'Event.id asc',
      limit: headLimit,
      page,
    }
    const reply = await client.post(path, body, signal)
    const found = checked(wireEventHeads, reply.body, `MISP ${path}`).response
    for (const { Event } of found) heads.set(Event.uuid, { uuid: Event.uuid, published: Event.publish_timestamp })
    if (found.length < headLimit) break
  }
  return [...heads.values()].filter(head => head.published >= since).sort(byPublication)
}

export function byPublication(a: EventHead, b: EventHead): number {
  return a.published - b.published || (a.uuid < b.uuid ? -1 : a.uuid > b.uuid ? 1 : 0)
}

/** What tells two deliveries of one attribute apart: the same second may hold two edits of it. */
export function digestOfRow(row: WireRow): string {
  const flags = [row.to_ids, row.deleted, row.Event.published].join()
  const tags = [...(row.Tag ?? []), ...(row.Event.Tag ?? [])].join()
  return short([row.uuid, String(row.timestamp), row.type, row.value, flags, tags, row.comment])
}

export function digestOfHead(head: EventHead): string {
  return short([head.uuid, String(head.published)])
}

function short(parts: readonly string[]): string {
  return digest(parts).slice(0, 10)
}
