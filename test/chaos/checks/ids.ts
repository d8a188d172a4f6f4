import { type HistoryEvent, type Place, placeOf } from './history.ts'
import { findings, type Result } from './result.ts'

/**
 * No event id stands twice in a topic. Compacted topics are no exception: every writing of a key is an event with an id of
 * its own, and compaction only ever takes away. Only a repeat can be hidden by it, while the segment it lay in was cleaned; the
 * segments of a run of minutes are not.
 */
export function checkIds(events: readonly HistoryEvent[]): Result {
  const found = findings()
  const seen = new Map<string, Map<string, Place>>()
  for (const event of events) {
    const topic = seen.get(event.topic) ?? new Map<string, Place>()
    seen.set(event.topic, topic)
    const before = topic.get(event.id)
    if (before === undefined) topic.set(event.id, event)
    else found.add(`${event.id} (${event.kind}) stands at ${placeOf(before)} and at ${placeOf(event)}`)
  }
  return found.result('no event id twice in a topic', { events: events.length, topics: seen.size })
}
