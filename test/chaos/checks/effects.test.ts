import { describe, expect, it } from 'vitest'
import { type Configured, checkEffects } from './effects.ts'
import type { History, HistoryEvent } from './history.ts'

const configured: Configured = {
  analyzers: [{ id: 'judge', types: ['ip'] }],
  feed: new Map([['u1', 'ip|a']]),
  rules: [{ name: 'tell', holds: about => about.verdict === 'malicious' }],
}

const event = (topic: string, offset: number, kind: string, causeId: string, more: Partial<HistoryEvent> = {}) => ({
  ...{ topic, partition: 0, offset, kind, causeId, at: 1000, domain: 'acme', seq: null, id: `${topic}-${offset}` },
  ...more,
})
const malicious = { caseId: 'c', verdict: 'malicious', severity: 'high' }
const action = { actionId: 'act', caseId: 'c', rule: 'tell', goes: false, isDigest: false }

/**
 * Two observables of one alert, of which the analyzer takes one, which an indicator matches, too; a case that becomes malicious,
 * and is told of to one target; another one that is told of in a digest.
 */
const whole: readonly HistoryEvent[] = [
  event('alerts', 0, 'alert', 'raw'),
  event('case-events', 0, 'alert-linked', 'alerts-0', {
    observables: ['ip|a', 'domain|b'],
    case: { ...malicious, verdict: 'unknown' },
  }),
  event('observables', 0, 'observable', 'alerts-0', { observable: 'ip|a' }),
  event('observables', 1, 'observable', 'alerts-0', { observable: 'domain|b' }),
  // Told again on a higher TLP: nothing more follows.
  event('observables', 2, 'observable', 'alerts-0', { observable: 'ip|a' }),
  event('analysis.jobs', 0, 'job', 'observables-0', { observable: 'ip|a', analyzer: 'judge' }),
  event('analysis.results', 0, 'report', 'analysis.jobs-0', { observable: 'ip|a', analyzer: 'judge' }),
  event('indicators', 0, 'indicator', 'page', { observable: 'ip|a', indicator: 'u1' }),
  event('analysis.results', 1, 'match', 'indicators-0', { observable: 'ip|a', indicator: 'u1' }),
  event('case-events', 1, 'analysis-folded', 'analysis.results-0', { case: malicious }),
  event('case-events', 2, 'verdict-changed', 'analysis.results-0', { case: malicious }),
  event('case-events', 3, 'indicator-matched', 'analysis.results-1', { case: malicious }),
  event('commands', 0, 'approve', 'commands-0'),
  event('case-events', 4, 'noted', 'commands-0'),
  ...[0, 2, 3, 4].map(n => event('responses', 10 + n, 'noted', `case-events-${n}`)),
  event('responses', 0, 'planned', 'case-events-1', { action: { ...action, goes: true } }),
  event('responses', 1, 'planned', 'case-events-1', {
    action: { ...action, actionId: 'digest', goes: true, isDigest: true },
  }),
  event('responses', 2, 'noted', 'commands-0'),
  event('responder.outcomes', 0, 'calling', 'responses-0'),
  event('responder.outcomes', 1, 'outcome', 'responses-0'),
  event('responder.outcomes', 2, 'outcome', 'responses-1'),
  ...[0, 1, 2].map(n => event('responses', 20 + n, 'done', `responder.outcomes-${n}`, { action })),
]

const history = (events: readonly HistoryEvent[]): History => ({ raw: [], sent: [], others: [], stages: [], events })
const without = (...places: string[]) => whole.filter(each => !places.includes(`${each.topic}/${each.offset}`))
const changed = (place: string, change: Partial<HistoryEvent>) =>
  whole.map(each => (`${each.topic}/${each.offset}` === place ? { ...each, ...change } : each))

it('a whole history holds, and says how much must follow', () => {
  const results = checkEffects(history(whole), configured)
  expect(results.flatMap(each => each.findings)).toEqual([])
  expect(results.map(each => each.figures.wanted)).toEqual([4, 2, 1, 1, 1, 1, 9, 1, 2])
})

it('an analysis may be asked for again after an hour, and not before', () => {
  const again = (at: number) => [
    ...whole,
    event('analysis.jobs', 1, 'job', 'observables-2', { observable: 'ip|a', analyzer: 'judge', at }),
    event('analysis.results', 2, 'failure', 'analysis.jobs-1', { observable: 'ip|a', analyzer: 'judge' }),
    event('case-events', 5, 'noted', 'analysis.results-2'),
    event('responses', 30, 'noted', 'case-events-5'),
  ]
  const told = (at: number) => checkEffects(history(again(at)), configured).flatMap(each => each.findings)
  expect(told(1000 + 3_600_000)).toEqual([])
  expect(told(2000)).toEqual(['acme ip|a by judge is there 2 times: analysis.jobs/0/0, analysis.jobs/0/1'])
})

it('what the plan refuses is an answer to the observable, and what the run refuses is the result of the job', () => {
  const refusal = { kind: 'refusal' } as const
  expect(checkEffects(history(changed('analysis.results/0', refusal)), configured).every(each => each.held)).toBe(true)
  const ofPlan = changed('analysis.results/0', { ...refusal, causeId: 'observables-0' }).filter(
    each => each.topic !== 'analysis.jobs',
  )
  expect(checkEffects(history(ofPlan), configured).every(each => each.held)).toBe(true)
})

type Broken = readonly [what: string, events: readonly HistoryEvent[], row: string, findings: readonly string[]]
const broken: readonly Broken[] = [
  [
    'an alert that the fold skipped',
    [...whole, event('alerts', 1, 'alert', 'raw')],
    'case-builder.fold: each input',
    ['alerts-1 is missing, which follows from alerts/0/1'],
  ],
  [
    'a result that the fold skipped',
    without('case-events/3', 'responses/13'),
    'case-builder.fold: each input',
    ['analysis.results-1 is missing, which follows from analysis.results/0/1'],
  ],
  [
    'an observable that was not written',
    without('observables/1'),
    'case-builder.fold: observables',
    ['acme domain|b is missing, which follows from case-events/0/0'],
  ],
  [
    'an observable of no alert',
    [...whole, event('observables', 3, 'observable', 'alerts-0', { observable: 'domain|c' })],
    'case-builder.fold: observables',
    ['acme domain|c follows from nothing: observables/0/3'],
  ],
  [
    'an observable that the plan skipped',
    without('analysis.jobs/0', 'analysis.results/0'),
    'analyzer-dispatcher.plan',
    ['acme ip|a by judge is missing, which follows from observables/0/2'],
  ],
  [
    'a job that nobody asked for',
    changed('analysis.jobs/0', { domain: 'other' }),
    'analyzer-dispatcher.plan',
    [
      'acme ip|a by judge is missing, which follows from observables/0/2',
      'other ip|a by judge follows from nothing: analysis.jobs/0/0',
    ],
  ],
  [
    'a job without a result',
    without('analysis.results/0'),
    'analyzer-dispatcher.run',
    ['analysis.jobs-0 is missing, which follows from analysis.jobs/0/0'],
  ],
  [
    'a job with two results',
    [...whole, event('analysis.results', 2, 'failure', 'analysis.jobs-0', { observable: 'ip|a' })],
    'analyzer-dispatcher.run',
    ['analysis.jobs-0 is there 2 times: analysis.results/0/0, analysis.results/0/2'],
  ],
  [
    'a result of no job',
    [...whole, event('analysis.results', 2, 'report', 'gone', { observable: 'ip|a' })],
    'analyzer-dispatcher.run',
    ['gone follows from nothing: analysis.results/0/2'],
  ],
  [
    'an attribute that was not pulled',
    without('indicators/0'),
    'misp-sync.pull',
    ['u1 ip|a is missing, which follows from the feed'],
  ],
  [
    'an attribute that was pulled twice',
    [...whole, event('indicators', 1, 'indicator', 'page', { observable: 'ip|a', indicator: 'u1' })],
    'misp-sync.pull',
    ['u1 ip|a is there 2 times: indicators/0/0, indicators/0/1'],
  ],
  [
    'a match that the join missed',
    without('analysis.results/1'),
    'misp-sync.join',
    ['acme ip|a with u1 is missing, which follows from observables/0/2'],
  ],
  [
    'a match that was told twice',
    [...whole, event('analysis.results', 2, 'match', 'observables-0', { observable: 'ip|a', indicator: 'u1' })],
    'misp-sync.join',
    ['acme ip|a with u1 is there 2 times: analysis.results/0/1, analysis.results/0/2'],
  ],
  [
    'a match of what is not equal',
    [...whole, event('analysis.results', 2, 'match', 'observables-1', { observable: 'domain|b', indicator: 'u1' })],
    'misp-sync.join',
    ['acme domain|b with u1 follows from nothing: analysis.results/0/2'],
  ],
  [
    'a case event that the responder skipped',
    without('responses/14'),
    'responder.decide: each input',
    ['case-events-4 is missing, which follows from case-events/0/4'],
  ],
  [
    'an outcome that the responder skipped',
    without('responses/22'),
    'responder.decide: each input',
    ['responder.outcomes-2 is missing, which follows from responder.outcomes/0/2'],
  ],
  [
    'a malicious case that nobody was told of',
    changed('responses/0', { action: { ...action, caseId: 'd' } }).filter(each => each.kind !== 'done'),
    'responder.decide: each rule',
    ['acme c tell is missing, which follows from case-events/0/3', 'acme d tell follows from nothing: responses/0/0'],
  ],
  [
    'a case that was acted on twice by one rule',
    [...whole, event('responses', 30, 'planned', 'case-events-2', { action: { ...action, actionId: 'more' } })],
    'responder.decide: each rule',
    ['acme c tell is there 2 times: responses/0/0, responses/0/30'],
  ],
  [
    'an action that was not acted on',
    without('responder.outcomes/1'),
    'responder.act',
    ['responses-0 is missing, which follows from responses/0/0'],
  ],
  [
    'an action with two outcomes',
    [...whole, event('responder.outcomes', 3, 'outcome', 'responses-0')],
    'responder.act',
    ['responses-0 is there 2 times: responder.outcomes/0/1, responder.outcomes/0/3'],
  ],
  [
    'an outcome of what was not to be done',
    [...whole, event('responder.outcomes', 3, 'outcome', 'responses-2')],
    'responder.act',
    ['responses-2 follows from nothing: responder.outcomes/0/3'],
  ],
]

describe('a broken history', () => {
  it.each(broken)('is told by %s', (_, events, row, findings) => {
    const told = checkEffects(history(events), configured).find(each => each.name.startsWith(row))
    expect(told).toMatchObject({ held: false, findings })
  })
})
