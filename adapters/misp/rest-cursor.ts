import { z } from 'zod'
import type { Cursor } from './indicator-source.ts'

/** How many digests each half of the cursor remembers: 80 + 180 of them, 13 characters each, stay below 4 kB. */
export const seenLimit = 80
export const doneLimit = 180

const seconds = z.number().int().nonnegative()

/** Where a reading by id stands: the last id read, and the page that it stood on. */
const byId = z.object({ id: z.number().int(), page: z.number().int().positive() })
export type ById = z.output<typeof byId>

const attributes = z.object({
  /** Epoch seconds: everything before is read. */
  t: seconds,
  /** Digests of the rows at `t` that are read. */
  seen: z.array(z.string()).max(seenLimit),
  /** Set while a second that fills a page is read by id. */
  second: byId.optional(),
})
export type AttributeCursor = z.output<typeof attributes>

const events = z.object({
  /** Every event published up to (t, uuid) is read. */
  t: seconds,
  uuid: z.string(),
  /** Digests of events published after that and read. */
  done: z.array(z.string()).max(doneLimit),
  /** Set while an event that fills a page is read by id. */
  at: byId.extend({ uuid: z.string(), published: seconds }).optional(),
})
export type EventCursor = z.output<typeof events>

const restCursor = z.object({ v: z.literal(1), kind: z.literal('misp-rest'), attributes, events })
export type RestCursor = z.output<typeof restCursor>

export function firstCursor(sinceSecond: number, publishedSinceSecond: number): RestCursor {
  return {
    v: 1,
    kind: 'misp-rest',
    attributes: { t: Math.max(0, sinceSecond), seen: [] },
    events: { t: Math.max(0, publishedSinceSecond), uuid: '', done: [] },
  }
}

export function readRestCursor(cursor: Cursor): RestCursor | undefined {
  return readCursor(restCursor, cursor)
}

/** A cursor that another version or another kind of source wrote is undefined: reading from the start loses nothing. */
export function readCursor<S extends z.ZodType>(schema: S, cursor: Cursor): z.output<S> | undefined {
  try {
    return schema.parse(JSON.parse(cursor))
  } catch {
    return undefined
  }
}
