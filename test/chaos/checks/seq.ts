import { type HistoryEvent, placeOf } from './history.ts'
import { findings, type Result } from './result.ts'

/** The topics that are records of decisions. */
const records = ['case-events', 'responses']

/** In each record of decisions, `seq` of each domain is 1, 2, 3 … in the order of its partition, and a domain lies in one partition. */
export function checkSeq(events: readonly HistoryEvent[]): Result {
  const found = findings()
  let numbered = 0
  const domains = new Map<string, { partition: number; next: number }>()
  const inOrder = events
    .filter(event => records.includes(event.topic))
    .toSorted((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset)
  for (const event of inOrder) {
    const { topic, domain, partition, seq } = event
    const key = `${topic} ${domain}`
    const place = domains.get(key) ?? { partition, next: 1 }
    domains.set(key, place)
    if (place.partition !== partition) found.add(`${placeOf(event)}: ${domain} lies in ${place.partition} too`)
    if (seq === place.next) numbered += 1
    else found.add(`${placeOf(event)}: ${domain} has ${seq}, not ${place.next}`)
    place.next = (seq ?? place.next) + 1
  }
  return found.result('seq without gap or repeat', { numbered, domains: domains.size })
}
