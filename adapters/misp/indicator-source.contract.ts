import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FakeAttribute, FakeEvent } from './fake-misp.ts'
import { type IndicatorSource, isLive, type MispIndicator, type Page } from './indicator-source.ts'

/** A place where events lie, and a source that reads it in pages of three attributes. */
export type IndicatorWorld = {
  /** Adds an event or replaces the one with its uuid, and publishes it. */
  put(event: FakeEvent): Promise<void>
  /** A new source on the same place: what a process has after a restart. */
  open(): IndicatorSource
  close(): Promise<void>
}

/** The clock of every world, in epoch seconds. */
export const worldNow = 1_795_000_000

const signal = new AbortController().signal

export function uuidOf(n: number): string {
  return `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
}

export function event(
  n: number,
  timestamp: number,
  attributes: readonly FakeAttribute[],
  rest: Partial<FakeEvent> = {},
): FakeEvent {
  const base = { uuid: uuidOf(n), info: `event ${n}`, orgc: 'CERT', timestamp, publishTimestamp: timestamp + 5 }
  return { ...base, attributes, ...rest }
}

export function domain(n: number, timestamp: number, rest: Partial<FakeAttribute> = {}): FakeAttribute {
  return { uuid: uuidOf(n), type: 'domain', value: `d${n}.net`, timestamp, ...rest }
}

/** Pulls until there is no more, or `pages` pages were read. */
export async function drain(source: IndicatorSource, from: string | null = null, pages = 1_000): Promise<Page[]> {
  const read: Page[] = []
  for (let cursor = from; read.length < pages; cursor = read.at(-1)?.cursor ?? null) {
    const page = await source.pull(cursor, signal)
    read.push(page)
    if (!page.more) return read
  }
  return read
}

export const indicatorsIn = (pages: readonly Page[]) => pages.flatMap(page => page.indicators)
const said = (indicator: MispIndicator) => JSON.stringify(indicator)
const last = (pages: readonly Page[]) => pages.at(-1)?.cursor ?? ''

/** What is known once the pages are folded as a consumer does: by uuid, type and value, the last one holds. */
function folded(pages: readonly Page[]): string[] {
  const known = new Map(indicatorsIn(pages).map(it => [`${it.uuid} ${it.type} ${it.value}`, said(it)]))
  return [...known.values()].sort()
}

/** What every IndicatorSource promises, whatever lies behind it. */
export function indicatorSourceContract(name: string, begin: () => Promise<IndicatorWorld>): void {
  describe(`${name} as an indicator source`, () => {
    const t = worldNow - 10_000
    let world: IndicatorWorld
    beforeEach(async () => {
      world = await begin()
    })
    afterEach(() => world.close())

    async function fill(): Promise<void> {
      await world.put(event(1, t + 2, [domain(11, t), domain(12, t + 1), domain(13, t + 2)]))
      await world.put(
        event(
          2,
          t + 200,
          Array.from({ length: 8 }, (_, n) => domain(20 + n, t + 200)),
        ),
      )
      await world.put(event(3, t + 301, [domain(31, t + 300), domain(32, t + 301)]))
    }

    it('reads everything, then says that there is no more and delivers nothing new', async () => {
      await fill()
      const pages = await drain(world.open())
      expect(new Set(indicatorsIn(pages).map(it => it.uuid)).size).toBe(13)
      expect(pages.length).toBeGreaterThan(3)
      expect(pages.at(-1)?.more).toBe(false)
      expect(indicatorsIn(await drain(world.open(), last(pages)))).toEqual([])
    })

    it('delivers what is empty as one empty page', async () => {
      const pages = await drain(world.open())
      expect(pages).toHaveLength(1)
      expect(pages[0]).toMatchObject({ indicators: [], more: false })
    })

    it('goes on after a crash between any two pages: nothing is lost, what comes again is the same', async () => {
      await fill()
      const whole = await drain(world.open())
      for (let cut = 0; cut <= whole.length; cut += 1) {
        const before = whole.slice(0, cut)
        const after = await drain(world.open(), before.at(-1)?.cursor ?? null)
        expect(folded([...before, ...after])).toEqual(folded(whole))
      }
    })

    it('keeps every cursor below 4 kB of JSON text', async () => {
      await fill()
      for (const page of await drain(world.open())) {
        expect(page.cursor.length).toBeLessThanOrEqual(4_096)
        expect(() => JSON.parse(page.cursor)).not.toThrow()
      }
    })

    it('delivers older changes before newer ones', async () => {
      await fill()
      const times = indicatorsIn(await drain(world.open())).map(it => it.timestamp)
      const first = times.slice(0, 13)
      expect(first).toEqual([...first].sort((a, b) => a - b))
    })

    it('brings an edit with the same uuid and its new timestamp', async () => {
      await fill()
      const cursor = last(await drain(world.open()))
      await world.put(
        event(1, t + 400, [domain(11, t), domain(12, t + 400, { value: 'moved.net' }), domain(13, t + 2)]),
      )
      const found = indicatorsIn(await drain(world.open(), cursor)).filter(it => it.uuid === uuidOf(12))
      expect(found.at(-1)).toMatchObject({ value: 'moved.net', timestamp: (t + 400) * 1_000, deleted: false })
    })

    it.each([
      ['a deletion', { deleted: true }, { deleted: true }],
      ['a to_ids that was switched off', { to_ids: false }, { toIds: false }],
    ])('brings %s, as an indicator that is not live', async (_what, change, expected) => {
      await fill()
      const pages = await drain(world.open())
      expect(indicatorsIn(pages).every(isLive)).toBe(true)
      await world.put(event(3, t + 500, [domain(31, t + 500, change), domain(32, t + 301)]))
      const found = indicatorsIn(await drain(world.open(), last(pages))).filter(it => it.uuid === uuidOf(31))
      expect(found.at(-1)).toMatchObject(expected)
      expect(found.some(isLive)).toBe(false)
    })

    it('brings an event that is published later but dated earlier than what was read', async () => {
      await fill()
      const cursor = last(await drain(world.open()))
      await world.put(event(9, t - 500, [domain(91, t - 600)], { publishTimestamp: worldNow - 1 }))
      expect(indicatorsIn(await drain(world.open(), cursor)).map(it => it.value)).toContain('d91.net')
    })

    it('brings an event that is put in while a long reading goes on', async () => {
      await fill()
      const begun = await drain(world.open(), null, 2)
      await world.put(event(9, t - 500, [domain(91, t - 600)], { publishTimestamp: worldNow - 1 }))
      const pages = [...begun, ...(await drain(world.open(), last(begun)))]
      expect(new Set(indicatorsIn(pages).map(it => it.uuid)).size).toBe(14)
    })

    it('splits a composite into its observables, with one uuid', async () => {
      const pair = { uuid: uuidOf(1_001), type: 'domain|ip', value: 'Pair.NET|198.51.100.7', timestamp: t }
      await world.put(event(1, t, [pair]))
      const found = indicatorsIn(await drain(world.open()))
      expect(found.map(it => [it.uuid, it.mispType, it.type, it.value])).toEqual([
        [uuidOf(1_001), 'domain|ip', 'domain', 'pair.net'],
        [uuidOf(1_001), 'domain|ip', 'ip', '198.51.100.7'],
      ])
    })

    it('carries event, organisation and comment, and the tags of attribute and event with the highest TLP', async () => {
      const green = domain(11, t, { comment: 'why', tags: ['tlp:green', 'own'] })
      await world.put(event(1, t, [green], { tags: ['tlp:amber', 'of-event'] }))
      await world.put(event(2, t + 1, [domain(21, t + 1)]))
      const [first, second] = indicatorsIn(await drain(world.open()))
      expect(first).toMatchObject({
        eventUuid: uuidOf(1),
        eventInfo: 'event 1',
        orgc: 'CERT',
        comment: 'why',
        tlp: 'AMBER',
      })
      expect([...(first?.tags ?? [])].sort()).toEqual(['of-event', 'own', 'tlp:amber', 'tlp:green'])
      expect(second).toMatchObject({ tlp: 'AMBER', tags: [] })
    })

    it('counts what becomes no indicator, by reason', async () => {
      const yara = { uuid: uuidOf(51), type: 'yara', value: 'rule x {}', timestamp: t }
      const broken = { uuid: uuidOf(52), type: 'ip-dst', value: 'not an address', timestamp: t }
      const pair = { uuid: uuidOf(53), type: 'domain|ip', value: 'half.net|none', timestamp: t }
      await world.put(event(1, t, [yara, broken, pair]))
      await world.put(event(2, t + 1, [domain(11, t + 1)]))
      const pages = await drain(world.open())
      expect(indicatorsIn(pages).map(it => it.value)).toEqual(['half.net', 'd11.net'])
      const reasons = pages.flatMap(page => page.skipped)
      expect(reasons).toHaveLength(3)
      expect(reasons.every(it => it.count === 1)).toBe(true)
      expect(reasons.map(it => it.reason).join()).toMatch(/yara.*ip-dst.*half.*domain\|ip/)
    })

    it('reads from the start, and says so, with a cursor that it did not write', async () => {
      await fill()
      const pages = await drain(world.open(), '{"v":7}')
      expect(new Set(indicatorsIn(pages).map(it => it.uuid)).size).toBe(13)
      expect(pages[0]?.problems).toMatchObject([{ file: 'cursor' }])
    })

    it('rejects with the reason of the abort', async () => {
      const reason = new Error('stopping')
      await expect(world.open().pull(null, AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })
}
