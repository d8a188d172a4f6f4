import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isVigiaError, VigiaError } from '../../core/errors.ts'
import { type FakeEvent, type FakeMisp, startFakeMisp } from './fake-misp.ts'
import {
  domain,
  drain,
  event,
  indicatorSourceContract,
  indicatorsIn,
  uuidOf,
  worldNow,
} from './indicator-source.contract.ts'
import { type MispRestOptions, mispRestSearch } from './rest-search.ts'

const key = 'k'.repeat(40)
const signal = new AbortController().signal
const now = () => worldNow * 1_000
/** The recordings are younger than the world of these tests. */
const recordedAt = { Date: new Date(1_795_600_000_000).toUTCString() }

indicatorSourceContract('MISP restSearch', async () => {
  const misp = await startFakeMisp(key, now)
  return {
    put: async (it: FakeEvent) => misp.put(it),
    open: () => mispRestSearch({ name: 'misp', url: misp.url, key, limit: 3, now }),
    close: misp.close,
  }
})

describe('pulling from MISP restSearch', () => {
  const t = worldNow - 10_000
  let misp: FakeMisp
  beforeEach(async () => {
    misp = await startFakeMisp(key, now)
  })
  afterEach(() => misp.close())

  const open = (options: Partial<MispRestOptions> = {}) =>
    mispRestSearch({ name: 'misp', url: `${misp.url}/`, key, limit: 3, now, ...options })

  async function failure(options: Partial<MispRestOptions> = {}): Promise<VigiaError> {
    const error = await open(options)
      .pull(null, signal)
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
    if (!isVigiaError(error)) throw new Error(`not refused with a code: ${String(error)}`)
    return error
  }

  it('asks by keyset, published and deleted ones, with exactly the Accept that MISP takes', async () => {
    await drain(open({ limit: 500 }))
    expect(misp.requests[0]).toEqual({
      path: '/attributes/restSearch',
      accept: 'application/json',
      body: {
        returnFormat: 'json',
        timestamp: [worldNow - 90 * 86_400, 4_000_000_000],
        order: ['Attribute.timestamp asc', 'Attribute.id asc'],
        page: 1,
        limit: 500,
        published: 1,
        deleted: [0, 1],
        includeEventTags: 1,
        includeContext: 1,
      },
    })
    expect(misp.requests[1]).toMatchObject({
      path: '/events/restSearch',
      body: { metadata: 1, published: 1, publish_timestamp: worldNow - 600, limit: 100 },
    })
  })

  it.each([300, 301, 302])('reads %i attributes of one second, a hundred at a time, each once', async count => {
    misp.put(
      event(
        1,
        t,
        Array.from({ length: count }, (_, n) => domain(1_000 + n, t)),
      ),
    )
    misp.put(event(2, t + 1, [domain(2_000, t + 1)]))
    const values = indicatorsIn(await drain(open({ limit: 100 }))).map(it => it.value)
    expect(values).toHaveLength(count + 1)
    expect(new Set(values).size).toBe(count + 1)
  })

  it('loses no row of a full second when rows are edited away while it is read', async () => {
    const rows = Array.from({ length: 30 }, (_, n) => domain(1_000 + n, t))
    misp.put(event(1, t, rows))
    const begun = await drain(open({ limit: 5 }), null, 3)
    misp.put(
      event(
        1,
        t,
        rows.map((row, n) => (n < 7 ? { ...row, timestamp: t + 50 } : row)),
      ),
    )
    const pages = [...begun, ...(await drain(open({ limit: 5 }), begun.at(-1)?.cursor ?? null))]
    expect(new Set(indicatorsIn(pages).map(it => it.value)).size).toBe(30)
  })

  it('loses no row when rows are edited between pages', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => domain(1_000 + n, t + n))
    misp.put(event(1, t, rows))
    const begun = await drain(open({ limit: 5 }), null, 3)
    misp.put(
      event(
        1,
        t,
        rows.map((row, n) => (n % 4 === 0 ? { ...row, timestamp: t + 500 + n } : row)),
      ),
    )
    const pages = [...begun, ...(await drain(open({ limit: 5 }), begun.at(-1)?.cursor ?? null))]
    expect(new Set(indicatorsIn(pages).map(it => it.value)).size).toBe(40)
  })

  it('is not carried away by an attribute dated in the future', async () => {
    misp.put(event(1, t, [domain(1, worldNow + 900_000)]))
    const first = await drain(open())
    misp.put(event(2, t, [domain(2, worldNow - 5)]))
    expect(indicatorsIn(await drain(open(), first.at(-1)?.cursor ?? null)).map(it => it.value)).toContain('d2.net')
  })

  it('passes over what is not published, until it is', async () => {
    misp.put(event(1, t, [domain(1, t)], { published: false }))
    const first = await drain(open())
    expect(indicatorsIn(first)).toEqual([])
    misp.put(event(2, t + 100, [domain(2, t + 100)]))
    const second = await drain(open(), first.at(-1)?.cursor ?? null)
    misp.put(event(1, t, [domain(1, t)], { publishTimestamp: worldNow }))
    expect(indicatorsIn(await drain(open(), second.at(-1)?.cursor ?? null)).map(it => it.value)).toEqual(['d1.net'])
  })

  it('pulls nothing that changed last before the window', async () => {
    misp.put(
      event(1, t, [domain(1, worldNow - 3 * 86_400), domain(2, worldNow - 86_400)], { publishTimestamp: worldNow }),
    )
    expect(indicatorsIn(await drain(open({ days: 2 }))).map(it => it.value)).toEqual(['d2.net'])
  })

  it('reads an event of many pages that is published at once, and many events published in one second', async () => {
    const first = await drain(open())
    misp.put(
      event(
        1,
        t,
        Array.from({ length: 20 }, (_, n) => domain(1_000 + n, t - n)),
        { publishTimestamp: worldNow },
      ),
    )
    for (let n = 2; n < 230; n += 1) misp.put(event(n, t, [domain(2_000 + n, t - 900)], { publishTimestamp: worldNow }))
    const cursor = JSON.stringify({
      ...JSON.parse(first.at(-1)?.cursor ?? '{}'),
      attributes: { t: worldNow, seen: [] },
    })
    const pages = await drain(open(), cursor)
    expect(new Set(indicatorsIn(pages).map(it => it.value)).size).toBe(248)
    expect(Math.max(...pages.map(page => page.cursor.length))).toBeLessThanOrEqual(4_096)
  })

  it('passes over a row that is broken, and says so', async () => {
    const body = { response: { Attribute: [{ id: '1', type: 5 }, recorded('row shape').response.Attribute[0]] } }
    misp.answerNext(200, JSON.stringify(body), recordedAt)
    const page = await open().pull(null, signal)
    expect(page.problems).toMatchObject([{ file: 'attributes/restSearch[0]' }])
    expect(page.indicators.map(it => it.value)).toEqual(['r00.rs.example'])
  })

  describe('with recorded replies of MISP 2.5.1', () => {
    it.each([
      ['limit 6 page 1 (exact multiple)', 6],
      ['limit 6 page 3 (exact multiple)', 0],
      ['includeContext', 1],
      ['composite half', 3],
      ['published 1', 0],
      ['object member row', 1],
    ])('reads %s', async (name, count) => {
      misp.answerNext(200, JSON.stringify(recorded(name)), recordedAt)
      const page = await open({ limit: 1_000 }).pull(null, signal)
      expect(page.problems).toEqual([])
      const lines = page.indicators.length + page.skipped.reduce((sum, it) => sum + it.count, 0)
      expect(lines).toBeGreaterThanOrEqual(count)
      expect(new Set(page.indicators.map(it => it.uuid)).size).toBeLessThanOrEqual(count)
    })

    it('reads tags of both levels once, organisation and publication', async () => {
      misp.answerNext(200, JSON.stringify(recorded('includeEventTags on attr tags')), recordedAt)
      const [tagged] = (await open().pull(null, signal)).indicators
      expect(tagged).toMatchObject({ tlp: 'RED', uuid: 'd27d705b-4ce2-44d7-bd9f-e54933aea273' })
      expect(tagged?.tags.filter(tag => tag === 'tlp:red')).toHaveLength(1)
      misp.answerNext(200, JSON.stringify(recorded('includeContext')), recordedAt)
      const [known] = (await open().pull(null, signal)).indicators
      expect(known).toMatchObject({ orgc: 'ORG_A', published: true, timestamp: 1_795_463_799_000, tags: ['tlp:green'] })
    })

    it('reads a soft deletion as one', async () => {
      misp.answerNext(200, JSON.stringify(recorded('incremental ts with deleted [0,1]')), recordedAt)
      expect((await open({ days: 365 }).pull(null, signal)).indicators).toMatchObject([{ deleted: true }])
    })
  })

  describe('when MISP refuses', () => {
    it.each([
      [302, '', {}, 'VIG_NEIGHBOUR_UNAVAILABLE', /maintenance/],
      [500, '{"message":"An Internal Error Has Occurred."}', {}, 'VIG_NEIGHBOUR_UNAVAILABLE', /Internal Error/],
      [200, '<html>', {}, 'VIG_REPLY_INVALID', /no JSON/],
      [200, '{"response":[]}', {}, 'VIG_REPLY_INVALID', /response/],
      [405, `{"message":"Count is 0 for ${key}"}`, {}, 'VIG_REPLY_INVALID', /405/],
    ])('answers %i %s with a code', async (status, body, headers, code, message) => {
      misp.answerNext(status, body, headers)
      const error = await failure()
      expect(error.code).toBe(code)
      expect(error.message).toMatch(message)
      expect(error.message).not.toContain(key)
    })

    it('names the setting, never the key, when the key is refused', async () => {
      const wrong = 'w'.repeat(40)
      const error = await failure({ key: wrong })
      expect(error.code).toBe('VIG_NEIGHBOUR_REFUSED')
      expect(error.message).toContain('VIGIA_MISP_KEY')
      expect(JSON.stringify([error.message, error.details, error.stack, error.cause])).not.toContain(wrong)
    })

    it('carries how long to wait when the rate limit is used up', async () => {
      misp.answerNext(429, '{"message":"Rate limit exceeded."}', { 'X-Rate-Limit-Reset': '37' })
      expect((await failure()).details).toEqual({ status: 429, retryAfterMs: 37_000 })
    })

    it('says that nothing answers, without the key, when nothing listens', async () => {
      const gone = await startFakeMisp(key, now)
      await gone.close()
      const error = await failure({ url: gone.url })
      expect(error.code).toBe('VIG_NEIGHBOUR_UNAVAILABLE')
      expect(JSON.stringify([error.message, error.details, error.cause])).not.toContain(key)
    })
  })

  it('goes on from the same cursor after a failure', async () => {
    misp.put(event(1, t, [domain(1, t), domain(2, t + 1), domain(3, t + 2), domain(4, t + 3)]))
    const [first] = await drain(open(), null, 1)
    misp.answerNext(503, '')
    await expect(open().pull(first?.cursor ?? null, signal)).rejects.toBeInstanceOf(VigiaError)
    const rest = indicatorsIn(await drain(open(), first?.cursor ?? null))
    expect(rest.map(it => it.uuid)).toContain(uuidOf(4))
  })
})

type Recorded = {
  readonly name: string
  readonly response: { readonly body: { readonly response: { readonly Attribute: readonly unknown[] } } }
}

function recorded(name: string): Recorded['response']['body'] {
  const file = new URL('../../test/fixtures/misp/restsearch.json', import.meta.url)
  const all = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[]
  const found = all.find(it => it.name === name)
  if (found === undefined) throw new Error(`no recording named ${name}`)
  return found.response.body
}
