import type { IndicatorSource, MispIndicator, Page } from '../../adapters/misp/indicator-source.ts'
import { type Deciding, type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context, Polls } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { PullState } from '../../schemas/generated/types.ts'

/** A source and who may be told of its indicators: `shared`, or one tenant. */
export type ScopedSource = { readonly source: IndicatorSource; readonly scope: string }

export type SourcePage = { readonly name: string; readonly scope: string; readonly page: Page }

const rememberMs = 90 * 24 * 60 * 60 * 1000

/** Reads the sources one after another, each from where it was left; a page and its cursor are committed together. */
export function pullSources(sources: readonly ScopedSource[], everyMs: number): Polls<PullState, SourcePage> {
  let turn = 0
  return {
    everyMs,
    async poll(state, signal) {
      const next = sources[turn]
      if (next === undefined) throw new Error('no source of indicators is configured')
      const isLast = turn === sources.length - 1
      const others = isLast ? 0 : turn + 1
      let page: Page
      try {
        page = await readPage(next, state, signal)
      } catch (error) {
        // A source that fails must not starve those behind it.
        turn = others
        throw error
      }
      if (!page.more) turn = others
      return { page: { name: next.source.name, scope: next.scope, page }, more: page.more || !isLast }
    },
    fold: foldPage,
  }
}

async function readPage({ source }: ScopedSource, state: StateView<PullState>, signal: AbortSignal): Promise<Page> {
  return source.pull(state.get('cursor', source.name)?.cursor ?? null, signal)
}

/** Live indicators are written, withdrawn ones become tombstones; a changed value withdraws the old one. */
export function foldPage(state: StateView<PullState>, { name, scope, page }: SourcePage, context: Context): Decision {
  const d = deciding(state)
  const byUuid = new Map<string, MispIndicator[]>()
  for (const each of page.indicators) byUuid.set(each.uuid, [...(byUuid.get(each.uuid) ?? []), each])
  for (const [uuid, indicators] of byUuid) replace(d, name, scope, uuid, indicators, context)
  if (state.get('cursor', name)?.cursor !== page.cursor) d.put('cursor', name, { cursor: page.cursor, at: context.now })
  return d.decision()
}

function replace(
  d: Deciding<PullState>,
  name: string,
  scope: string,
  uuid: string,
  indicators: readonly MispIndicator[],
  context: Context,
): void {
  const known = `${name}|${uuid}`
  const before = d.get('known', known)?.keys ?? []
  const live = indicators.filter(
    each => each.toIds && each.published && !each.deleted && each.timestamp > context.now - rememberMs,
  )
  const keys = live.map(each => `${each.type}|${each.value}|${scope}|${name}|${uuid}`)
  for (const key of before) if (!keys.includes(key)) d.tombstone(topics.indicators, key)
  for (const [index, each] of live.entries()) {
    const { type, value, mispType, eventUuid, eventInfo, orgc, toIds, tags, comment, timestamp, tlp } = each
    const indicator = {
      type,
      value,
      scope,
      source: name,
      uuid,
      mispType,
      eventUuid,
      eventInfo,
      orgc,
      toIds,
      tags,
      comment,
      timestamp,
    }
    d.emit(topics.indicators, keys[index] ?? '', {
      kind: 'indicator',
      indicator,
      tlp,
      pap: 'CLEAR',
      eventTime: Math.min(timestamp, context.now),
    })
  }
  if (keys.length > 0) d.put('known', known, { keys })
  else if (before.length > 0) d.drop('known', known)
}
