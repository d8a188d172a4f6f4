import { eventIdOf, rawIdOf } from '../../../core/ids.ts'
import { type History, type HistoryEvent, partsOf, placeOf, rawTopic, type StageName } from './history.ts'
import { findings, type Result } from './result.ts'

/** Written outside of tasks, each its own cause: what people asked for, and the rule sets of a start. */
const ownCause: ReadonlySet<string> = new Set(['commands', 'rulesets'])
/** Of `outsideCause` in the engine: what follows from no record. */
const outside = ['tick', 'page']

/**
 * Each event's cause exists: it is an event of some topic, a raw record or a part of one, a record that holds no event (a tombstone, what no one can
 * read), or a tick or a page. Those are proven too: their id is the hash of the group, a partition, the
 * `at` of the event, and the stage, and nothing else has it.
 */
export function checkCauses(history: History): Result {
  const { raw, events, others, stages } = history
  const found = findings()
  const parts = new Set(partsOf(history))
  const known = new Set(raw.map(({ partition, offset }) => rawIdOf(rawTopic, partition, offset)))
  for (const place of others) known.add(placeOf(place))
  for (const event of events) {
    known.add(placeOf(event))
    if (!ownCause.has(event.topic)) known.add(event.id)
  }
  // Only now: an event is no cause of itself, but where it is written outside of tasks.
  const written = new Set(events.flatMap(({ topic, id }) => (ownCause.has(topic) ? [id] : [])))

  const counts = { caused: 0, ofParts: 0, outside: 0 }
  for (const event of events) {
    const { causeId } = event
    if (written.has(causeId)) counts.caused += 1
    else if (causeId !== event.id && known.has(causeId)) counts.caused += 1
    else if (parts.has(causeId)) counts.ofParts += 1
    else if (isOutside(event, stages)) counts.outside += 1
    else found.add(`${placeOf(event)} (${event.kind}): its cause ${causeId} does not exist`)
  }
  return found.result('each cause exists', { events: events.length, ...counts })
}

function isOutside({ causeId, at }: HistoryEvent, stages: readonly StageName[]): boolean {
  return stages.some(({ name, group, partitions }) =>
    outside.some(what =>
      Array.from({ length: partitions }, (_, partition) => `${group}/${partition}/${at}`).some(
        of => eventIdOf(of, name, what, 0) === causeId,
      ),
    ),
  )
}
