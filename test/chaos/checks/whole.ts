import { outsideCause } from '../../../runtime/engine/stamp.ts'
import type { History, HistoryEvent } from './history.ts'

/**
 * A history in which every promise holds, of every way that a part can go: two parts of one raw record (linked, rejected), a repeat, a
 * suppressed one, an alert whose decision was a dead letter, and a poison record; with a command, a tick, a
 * tombstone and the record of decisions about them. For tests, which break it in one place each.
 */
export function wholeHistory(): History {
  const at = 1_700_000_000_000
  const event = (topic: string, offset: number, kind: string, causeId: string, more: Partial<HistoryEvent> = {}) => ({
    ...{ topic, partition: 0, offset, kind, causeId, at, domain: 'acme', seq: null, id: `${topic}-${offset}` },
    ...more,
  })
  const dead = (topic: string, offset: number) => ({ topic, partition: 0, offset })
  const tick = outsideCause('p.responder.decide', 'responder.decide', 'tick', 1, at).id
  return {
    raw: [0, 1, 2, 3, 4].map(offset => ({ partition: 0, offset })),
    // The last is poison, which nobody was told of.
    sent: [2, 1, 1, 1].map((parts, offset) => ({ partition: 0, offset, parts })),
    stages: [{ name: 'responder.decide', group: 'p.responder.decide', partitions: 2 }],
    others: [{ topic: 'indicators', partition: 0, offset: 7 }],
    events: [
      event('alerts', 0, 'alert', 'alerts.raw/0/0#0', { parts: 2 }),
      event('alerts', 1, 'rejection', 'alerts.raw/0/0#1', { parts: 2 }),
      event('alerts', 2, 'alert', 'alerts.raw/0/1#0', { parts: 1 }),
      event('alerts', 3, 'suppression', 'alerts.raw/0/2#0', { parts: 1 }),
      event('alerts', 4, 'alert', 'alerts.raw/0/3#0', { parts: 1 }),
      event('case-events', 0, 'alert-linked', 'alerts-0', { seq: 1, alertId: 'alerts-0' }),
      event('case-events', 1, 'noted', 'alerts-1', { seq: 2 }),
      event('case-events', 3, 'alert-repeated', 'alerts-2', { seq: 3, alertId: 'alerts-2' }),
      event('case-events', 4, 'noted', 'alerts-3', { seq: 1, domain: 'other' }),
      event('cases', 0, 'case', 'alerts-0'),
      event('dlq', 0, 'dead-letter', 'alerts-4', { dead: dead('alerts', 4) }),
      event('dlq', 1, 'dead-letter', 'alerts.raw/0/4', { dead: dead('alerts.raw', 4) }),
      event('dlq', 2, 'dead-letter', 'alerts.raw/0/0#1', { dead: dead('alerts.raw', 0) }),
      event('commands', 0, 'approve', 'commands-0'),
      event('responses', 0, 'approved', 'commands-0', { seq: 1 }),
      event('responses', 1, 'expired', tick, { seq: 2 }),
      event('analysis.results', 0, 'match', 'indicators/0/7'),
    ],
  }
}
