import { describe, expect, it } from 'vitest'
import type { IndicatorSource, MispIndicator, Page } from '../../adapters/misp/indicator-source.ts'
import { stateStore } from '../../runtime/engine/state-store.ts'
import { foldPage, pullSources } from './pull.ts'

const hour = 3_600_000
const now = Date.parse('2026-11-20T10:00:00Z')
const context = { now, origin: { topic: 't', partition: 0, offset: 0 } }
type View = Parameters<typeof foldPage>[0]

function indicator(over: Partial<MispIndicator> = {}): MispIndicator {
  const event = { eventUuid: 'ev', eventInfo: 'Botnet', orgc: 'CERT' }
  const marks = { toIds: true, published: true, deleted: false, tlp: 'GREEN' as const, tags: [] }
  return {
    uuid: 'u1',
    type: 'ip',
    value: '203.0.113.7',
    mispType: 'ip-dst',
    ...event,
    ...marks,
    timestamp: now - hour,
    comment: '',
    ...over,
  }
}

const pageOf = (...indicators: MispIndicator[]): Page => ({
  indicators,
  skipped: [],
  problems: [],
  cursor: 'c',
  more: false,
})

describe('pulling from several sources', () => {
  it('goes on with the others where one fails', async () => {
    const asked: string[] = []
    const source = (name: string, fails: boolean): IndicatorSource => ({
      name,
      async pull() {
        asked.push(name)
        if (fails) throw new Error('down')
        return pageOf()
      },
    })
    const sources = [source('a', true), source('b', false)].map(each => ({ source: each, scope: 'shared' }))
    const polls = pullSources(sources, 1000)
    const view = stateStore().view as View
    for (let i = 0; i < 4; i++) await polls.poll(view, new AbortController().signal).catch(() => undefined)
    expect(asked).toEqual(['a', 'b', 'a', 'b'])
  })
})

describe('a page', () => {
  /** Folds pages one after another; answers the keys that were written, with a minus where they were withdrawn. */
  function folded(...pages: readonly Page[]): string[] {
    const store = stateStore()
    return pages.flatMap(page => {
      const { writes, remembers } = foldPage(store.view as View, { name: 'feed', scope: 'shared', page }, context)
      store.apply(remembers)
      store.commit()
      return writes.map(write => (write.draft === null ? `-${write.key}` : write.key))
    })
  }
  const key = 'ip|203.0.113.7|shared|feed|u1'

  it.each([
    ['a live indicator', [pageOf(indicator())], [key]],
    ['one that is not to_ids', [pageOf(indicator({ toIds: false }))], []],
    ['one that is not published', [pageOf(indicator({ published: false }))], []],
    ['one of more than 90 days ago', [pageOf(indicator({ timestamp: now - 91 * 24 * hour }))], []],
    ['one that is deleted later', [pageOf(indicator()), pageOf(indicator({ deleted: true }))], [key, `-${key}`]],
    [
      'one whose value changes',
      [pageOf(indicator()), pageOf(indicator({ value: '203.0.113.8' }))],
      [key, `-${key}`, 'ip|203.0.113.8|shared|feed|u1'],
    ],
    [
      'a composite',
      [pageOf(indicator(), indicator({ type: 'domain', value: 'evil.com' }))],
      [key, 'domain|evil.com|shared|feed|u1'],
    ],
  ])('with %s', (_what, pages, keys) => {
    expect(folded(...pages)).toEqual(keys)
  })
})
