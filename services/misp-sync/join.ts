import { highestTlp, type Tlp } from '../../core/tlp.ts'
import { type Deciding, type Decision, deciding, type StateView } from '../../runtime/decision.ts'
import type { Context } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { IndicatorRecord, JoinIndex, JoinState, ObservableRecord } from '../../schemas/generated/types.ts'

/**
 * Observables and indicators meet by `type|value`, whichever comes first. The join is within one task, so what leads
 * to a match never leaves the house; private and own values, and names that are as likely files, do not match at all.
 */

const rememberMs = 90 * 24 * 60 * 60 * 1000
const never = ['private', 'loopback', 'reserved', 'own', 'file-like']

export function seeObservable(state: StateView<JoinState>, event: ObservableRecord, context: Context): Decision {
  const d = deciding(state)
  if (event.kind !== 'observable' || event.observable.flags.some(flag => never.includes(flag))) return d.decision()
  const { type, value, firstSeenAt } = event.observable
  const place = `${type}|${value}`
  const key = `${place}|${event.domain}`
  const { domain, tenant, tlp, pap, rawId } = event
  d.put('observable', key, { domain, tenant, tlp, pap, firstSeenAt, rawId }, context.now + rememberMs)
  const index = d.get('index', place) ?? { observables: [], indicators: [] }
  const observables = [
    ...index.observables.filter(each => each !== key && d.get('observable', each) !== undefined),
    key,
  ]
  keepIndex(d, place, { ...index, observables }, context)
  for (const indicator of index.indicators) match(d, place, key, indicator, context, false)
  return d.decision()
}

export function seeIndicator(state: StateView<JoinState>, event: IndicatorRecord, context: Context): Decision {
  const d = deciding(state)
  if (event.kind !== 'indicator') return d.decision()
  const { type, value, scope, source, uuid, eventUuid, eventInfo, orgc, toIds } = event.indicator
  const place = `${type}|${value}`
  const key = `${place}|${scope}|${source}|${uuid}`
  d.put('indicator', key, { scope, source, uuid, eventUuid, eventInfo, orgc, toIds, at: event.at, tlp: event.tlp })
  const index = d.get('index', place) ?? { observables: [], indicators: [] }
  if (!index.indicators.includes(key))
    keepIndex(d, place, { ...index, indicators: [...index.indicators, key] }, context)
  for (const observable of index.observables) match(d, place, observable, key, context, true)
  return d.decision()
}

/** An indicator was withdrawn: it matches nothing from now on. What it has said stays said. */
export function forgetIndicator(state: StateView<JoinState>, key: string, context: Context): Decision {
  const d = deciding(state)
  const place = key.split('|').slice(0, -3).join('|')
  const index = d.get('index', place)
  d.drop('indicator', key)
  if (index === undefined) return d.decision()
  const indicators = index.indicators.filter(each => each !== key)
  if (indicators.length === 0 && index.observables.length === 0) d.drop('index', place)
  else keepIndex(d, place, { ...index, indicators }, context)
  return d.decision()
}

/** Without an indicator an index lives as long as the observables in it; with one, as long as that. */
function keepIndex(d: Deciding<JoinState>, place: string, index: JoinIndex, context: Context): void {
  if (index.indicators.length > 0) d.put('index', place, index)
  else d.put('index', place, index, context.now + rememberMs)
}

/** Tells a pair once. A private scope matches its own tenant only. */
function match(
  d: Deciding<JoinState>,
  place: string,
  observableKey: string,
  indicatorKey: string,
  context: Context,
  isRetro: boolean,
): void {
  const observable = d.get('observable', observableKey)
  const indicator = d.get('indicator', indicatorKey)
  if (observable === undefined || indicator === undefined) return
  if (indicator.scope !== 'shared' && indicator.scope !== observable.tenant) return
  const pair = `${observable.domain}|${indicatorKey}`
  if (d.get('matched', pair) !== undefined) return
  d.put('matched', pair, { at: context.now }, context.now + rememberMs)
  const bar = place.indexOf('|')
  const { source, scope, uuid, eventUuid, eventInfo, orgc, toIds, tlp } = indicator
  d.emit(topics.analysisResults, `${observable.domain}#${place}`, {
    kind: 'match',
    match: {
      ...{ source, scope, type: place.slice(0, bar), value: place.slice(bar + 1) },
      ...{ indicatorUuid: uuid, eventUuid, eventInfo, orgc, toIds, tlp },
      retro: isRetro,
      afterMs: isRetro ? Math.max(0, indicator.at - observable.firstSeenAt) : 0,
    },
    domain: observable.domain,
    tenant: observable.tenant,
    tlp: highestTlp(observable.tlp as Tlp, indicator.tlp as Tlp),
    pap: observable.pap,
    rawId: observable.rawId,
  })
}
