import { describe, expect, it } from 'vitest'
import { checkHistory } from './check-history.ts'
import type { History, HistoryEvent } from './history.ts'
import { wholeHistory } from './whole.ts'

const names = {
  outcomes: 'raw parts = linked ⊎ duplicate ⊎ suppressed ⊎ rejected',
  ids: 'no event id twice in a topic',
  causes: 'each cause exists',
  seq: 'seq without gap or repeat',
} as const

const place = (event: HistoryEvent) => `${event.topic}/${event.offset}`
/** The history without the events at these places. */
const without = (history: History, ...places: string[]): History => ({
  ...history,
  events: history.events.filter(event => !places.includes(place(event))),
})
/** The history with the event at this place changed. */
const changed = (history: History, where: string, change: Partial<HistoryEvent>): History => ({
  ...history,
  events: history.events.map(event => (place(event) === where ? { ...event, ...change } : event)),
})
/** The history with the event at `where` written once more, at another offset and otherwise as it is, but for `change`. */
const again = (history: History, where: string, change: Partial<HistoryEvent> = {}): History => ({
  ...history,
  events: history.events.flatMap(event =>
    place(event) === where ? [event, { ...event, offset: event.offset + 90, ...change }] : [event],
  ),
})

describe('a whole history', () => {
  it('holds every promise, and says by which figures', () => {
    const results = checkHistory(wholeHistory())
    expect(results.map(({ name, held, findings }) => ({ name, held, findings }))).toEqual(
      Object.values(names).map(name => ({ name, held: true, findings: [] })),
    )
    const [outcomes, ids, causes, seq] = results.map(each => each.figures)
    expect(outcomes).toMatchObject({ raw: 5, parts: 6, linked: 1, duplicate: 1, suppressed: 1, rejected: 3 })
    expect(ids).toMatchObject({ events: 17, topics: 7 })
    expect(causes).toMatchObject({ caused: 10, ofParts: 6, outside: 1 })
    expect(seq).toMatchObject({ numbered: 6, domains: 3 })
  })

  it('holds in any order of its events', () => {
    const history = wholeHistory()
    const turned = { ...history, events: history.events.toReversed() }
    expect(checkHistory(turned).map(each => each.findings)).toEqual([[], [], [], []])
  })

  it('counts an alert that a suppression of the analysts keeps out as suppressed', () => {
    const [outcomes] = checkHistory(changed(wholeHistory(), 'case-events/3', { kind: 'alert-suppressed' }))
    expect(outcomes).toMatchObject({ held: true, figures: { duplicate: 0, suppressed: 2 } })
  })

  it('counts the parts of what nobody was told of by what they say themselves', () => {
    const history = { ...wholeHistory(), sent: [] }
    expect(checkHistory(history).every(each => each.held)).toBe(true)
    expect(checkHistory(history)[0]?.figures).toMatchObject({ acknowledged: 0, parts: 6 })
  })
})

type Broken = readonly [what: string, broken: History, findings: Partial<Record<keyof typeof names, readonly string[]>>]
const whole = wholeHistory()

const broken: readonly Broken[] = [
  [
    'an acknowledged record that is not in the topic',
    { ...whole, sent: [...whole.sent, { partition: 1, offset: 9, parts: 1 }] },
    { outcomes: ['alerts.raw/1/9 was acknowledged and is not there'] },
  ],
  [
    'a part that led to nothing',
    without(whole, 'alerts/3', 'case-events/4'),
    { outcomes: ['alerts.raw/0/2#0 has no outcome'] },
  ],
  [
    'one of two parts lost, and with it its rejection',
    without(whole, 'alerts/1', 'case-events/1'),
    { outcomes: ['alerts.raw/0/0#1 has no outcome'], seq: ['case-events/0/3: acme has 3, not 2'] },
  ],
  [
    'an alert that was never folded',
    without(whole, 'case-events/3'),
    { outcomes: ['alerts.raw/0/1#0 has no outcome'] },
  ],
  [
    'a poison record without its dead letter',
    without(whole, 'dlq/1'),
    { outcomes: ['alerts.raw/0/4#0 has no outcome'] },
  ],
  [
    'an alert that is linked and repeated',
    again(whole, 'case-events/0', { kind: 'alert-repeated', id: 'x', seq: 4 }),
    { outcomes: ['alerts.raw/0/0#0 has 2 outcomes: linked, duplicate'] },
  ],
  [
    'an alert that is linked and a dead letter',
    again(whole, 'dlq/0', { causeId: 'alerts-0', id: 'x' }),
    { outcomes: ['alerts.raw/0/0#0 has 2 outcomes: linked, rejected'] },
  ],
  [
    'an event written twice',
    again(whole, 'case-events/0', { seq: 4 }),
    {
      outcomes: ['alerts.raw/0/0#0 has 2 outcomes: linked, linked'],
      ids: ['case-events-0 (alert-linked) stands at case-events/0/0 and at case-events/0/90'],
    },
  ],
  [
    'an event of a compacted topic written twice',
    again(whole, 'cases/0'),
    { ids: ['cases-0 (case) stands at cases/0/0 and at cases/0/90'] },
  ],
  [
    'a raw record decided on twice, under another id',
    again(whole, 'alerts/3', { id: 'x' }),
    { outcomes: ['alerts.raw/0/2#0 has 2 outcomes: suppressed, suppressed'] },
  ],
  [
    'an orphan: an alert of a raw record that is not there',
    changed(whole, 'alerts/3', { causeId: 'alerts.raw/0/77#0' }),
    {
      outcomes: ['alerts/0/3 (suppression): alerts.raw/0/77#0 was never sent', 'alerts.raw/0/2#0 has no outcome'],
      causes: ['alerts/0/3 (suppression): its cause alerts.raw/0/77#0 does not exist'],
    },
  ],
  [
    'an orphan: a part beyond those that there are',
    changed(whole, 'alerts/3', { causeId: 'alerts.raw/0/2#1' }),
    {
      outcomes: ['alerts/0/3 (suppression): alerts.raw/0/2#1 was never sent', 'alerts.raw/0/2#0 has no outcome'],
      causes: ['alerts/0/3 (suppression): its cause alerts.raw/0/2#1 does not exist'],
    },
  ],
  [
    'an orphan: a decision about an alert that does not exist',
    changed(whole, 'case-events/0', { causeId: 'gone', alertId: 'gone' }),
    {
      outcomes: ['case-events/0/0 (alert-linked): there is no alert gone', 'alerts.raw/0/0#0 has no outcome'],
      causes: ['case-events/0/0 (alert-linked): its cause gone does not exist'],
    },
  ],
  [
    'an orphan: an answer to a command that is not there',
    without(whole, 'commands/0'),
    { causes: ['responses/0/0 (approved): its cause commands-0 does not exist'] },
  ],
  [
    'an event that says it is its own cause',
    changed(whole, 'responses/0', { causeId: 'responses-0' }),
    { causes: ['responses/0/0 (approved): its cause responses-0 does not exist'] },
  ],
  [
    'a withdrawal that is not there',
    { ...whole, others: [] },
    { causes: ['analysis.results/0/0 (match): its cause indicators/0/7 does not exist'] },
  ],
  [
    'a tick of another moment',
    changed(whole, 'responses/1', { at: 1 }),
    { causes: [expect.stringMatching(/^responses\/0\/1 \(expired\): its cause [0-9a-f]{32} does not exist$/)] },
  ],
  ['a number left out', without(whole, 'case-events/1'), { seq: ['case-events/0/3: acme has 3, not 2'] }],
  [
    'a number given twice',
    changed(whole, 'case-events/1', { seq: 1 }),
    { seq: ['case-events/0/1: acme has 1, not 2', 'case-events/0/3: acme has 3, not 2'] },
  ],
  [
    'an event without a number',
    changed(whole, 'responses/1', { seq: null }),
    { seq: ['responses/0/1: acme has null, not 2'] },
  ],
  [
    'a domain in two partitions',
    changed(whole, 'case-events/3', { partition: 1 }),
    { seq: ['case-events/1/3: acme lies in 0 too'] },
  ],
]

describe('a broken history', () => {
  it.each(broken)('is told by %s', (_, history, expected) => {
    const told = checkHistory(history).filter(each => !each.held)
    expect(Object.fromEntries(told.map(({ name, findings }) => [name, findings]))).toEqual(
      Object.fromEntries(
        Object.entries(expected).map(([key, findings]) => [names[key as keyof typeof names], findings]),
      ),
    )
    for (const { figures, findings } of told) expect(figures.findings).toBe(findings.length)
  })

  it('is counted to the end and told up to twenty', () => {
    const history = { ...wholeHistory(), events: [] }
    const raw = Array.from({ length: 30 }, (_, offset) => ({ partition: 0, offset }))
    const [outcomes] = checkHistory({ ...history, raw, sent: [] })
    expect(outcomes).toMatchObject({ held: false, figures: { findings: 30, parts: 30 } })
    expect(outcomes?.findings).toHaveLength(20)
  })
})
