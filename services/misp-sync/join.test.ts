import { describe, expect, it } from 'vitest'
import type { Emission } from '../../runtime/decision.ts'
import { stateStore } from '../../runtime/engine/state-store.ts'
import type { IndicatorRecord, ObservableRecord } from '../../schemas/generated/types.ts'
import { forgetIndicator, seeIndicator, seeObservable } from './join.ts'

const context = (now: number) => ({ now, origin: { topic: 't', partition: 0, offset: 0 } })
const envelope = {
  id: 'e',
  causeId: 'c',
  rawId: 'alerts.raw/0/1',
  pap: 'AMBER',
  eventTime: 1,
  processTime: 1,
  seq: null,
  rulesetHash: null,
  attempt: 0,
}

function observable(value: string, over: Partial<ObservableRecord> = {}, flags: string[] = []): ObservableRecord {
  const body = { type: 'ip', value, role: 'source', flags, firstSeenAt: 1000, depth: 0 }
  return {
    ...envelope,
    domain: 'acme',
    tenant: 'acme',
    tlp: 'AMBER',
    at: 1000,
    kind: 'observable',
    observable: body,
    ...over,
  } as ObservableRecord
}

function indicator(value: string, over: { scope?: string; tlp?: string; at?: number } = {}): IndicatorRecord {
  const body = {
    type: 'ip',
    value,
    scope: over.scope ?? 'shared',
    source: 'feed',
    uuid: 'u1',
    mispType: 'ip-dst',
    eventUuid: 'ev',
    eventInfo: 'Botnet',
    orgc: 'CERT',
    toIds: true,
    tags: [],
    comment: '',
    timestamp: 1,
  }
  return {
    ...envelope,
    rawId: null,
    domain: 'default',
    tenant: 'default',
    tlp: over.tlp ?? 'GREEN',
    at: over.at ?? 5000,
    kind: 'indicator',
    indicator: body,
  } as IndicatorRecord
}

/** Feeds events to the law one after another, keeping what it remembers; answers the matches. */
function joined(...steps: readonly (ObservableRecord | IndicatorRecord | string)[]): Emission[] {
  const store = stateStore()
  const view = store.view as Parameters<typeof seeObservable>[0]
  return steps.flatMap(step => {
    const decision =
      typeof step === 'string'
        ? forgetIndicator(view, step, context(9000))
        : step.kind === 'observable'
          ? seeObservable(view, step, context(step.at))
          : seeIndicator(view, step as IndicatorRecord, context(step.at))
    store.apply(decision.remembers)
    store.commit()
    return [...decision.writes]
  })
}

const matchOf = (emission: Emission | undefined) =>
  (emission?.draft as unknown as { match?: Record<string, unknown> } | undefined)?.match

describe('the join of observables and indicators', () => {
  it('matches an indicator that was there before', () => {
    const [match, ...more] = joined(indicator('203.0.113.7'), observable('203.0.113.7'))
    expect(more).toEqual([])
    expect(match?.key).toBe('acme#ip|203.0.113.7')
    expect(matchOf(match)).toMatchObject({ retro: false, eventInfo: 'Botnet', toIds: true })
  })

  it('matches an indicator that arrives after the alert, and says how long after', () => {
    const [match] = joined(observable('203.0.113.7'), indicator('203.0.113.7'))
    expect(matchOf(match)).toMatchObject({ retro: true, afterMs: 4000 })
    expect(match?.draft).toMatchObject({ domain: 'acme', tenant: 'acme', rawId: 'alerts.raw/0/1', tlp: 'AMBER' })
  })

  it('takes the higher TLP of both', () => {
    expect(joined(observable('203.0.113.7'), indicator('203.0.113.7', { tlp: 'RED' }))[0]?.draft).toMatchObject({
      tlp: 'RED',
    })
  })

  it.each([
    [
      'a pair that was told',
      [indicator('203.0.113.7'), observable('203.0.113.7'), observable('203.0.113.7'), indicator('203.0.113.7')],
      1,
    ],
    ['another value', [indicator('203.0.113.8'), observable('203.0.113.7')], 0],
    ["another tenant's private scope", [indicator('203.0.113.7', { scope: 'other' }), observable('203.0.113.7')], 0],
    ['its own private scope', [indicator('203.0.113.7', { scope: 'acme' }), observable('203.0.113.7')], 1],
    ['a private address', [indicator('10.0.0.1'), observable('10.0.0.1', {}, ['private'])], 0],
    ['what may be a file', [indicator('203.0.113.7'), observable('203.0.113.7', {}, ['file-like'])], 0],
    ['an own address', [indicator('203.0.113.7'), observable('203.0.113.7', {}, ['own'])], 0],
    [
      'a withdrawn indicator',
      [indicator('203.0.113.7'), 'ip|203.0.113.7|shared|feed|u1', observable('203.0.113.7')],
      0,
    ],
    [
      'two domains of one value',
      [indicator('203.0.113.7'), observable('203.0.113.7'), observable('203.0.113.7', { domain: 'acme/x' })],
      2,
    ],
  ] as const)('for %s gives %j matches', (_what, steps, count) => {
    expect(joined(...steps)).toHaveLength(count)
  })
})
