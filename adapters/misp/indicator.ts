import { observablesOfMisp, observableTypesOfMisp } from '../../core/observable/misp-types.ts'
import { defaultTlp, tlpFromTags } from '../../core/tlp.ts'
import type { MispIndicator, Skipped } from './indicator-source.ts'
import type { WireAttribute } from './misp-wire.ts'

export type Batch = { readonly indicators: readonly MispIndicator[]; readonly skipped: readonly Skipped[] }

export const emptyBatch: Batch = { indicators: [], skipped: [] }

/** The event that an attribute stands in, as feed and restSearch both give it. */
export type EventHead = {
  readonly uuid: string
  readonly info: string
  readonly published: boolean
  readonly Orgc: string
  readonly Tag: readonly string[]
}

/** Gathers the indicators of a page; what becomes none is counted by reason. */
export function gathering(): { add(attribute: WireAttribute, event: EventHead): void; batch(): Batch } {
  const indicators: MispIndicator[] = []
  const skipped = new Map<string, number>()

  function skip(reason: string): void {
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
  }

  function add(attribute: WireAttribute, event: EventHead): void {
    const mispType = attribute.type.slice(0, 60)
    const halves = halvesOf(attribute.type)
    const found = observablesOfMisp(attribute.type, attribute.value) ?? []
    if (halves === 0) skip(`no observable type for MISP's ${mispType}`)
    else if (found.length === 0) skip(`not a valid ${mispType}`)
    else if (found.length < halves) skip(`half of it is not a valid ${mispType}`)
    const tags = [...new Set([...attribute.Tag, ...event.Tag])]
    for (const { type, value } of found) {
      indicators.push({
        uuid: attribute.uuid,
        type,
        value,
        mispType: attribute.type,
        eventUuid: event.uuid,
        eventInfo: event.info,
        orgc: event.Orgc,
        toIds: attribute.to_ids,
        published: event.published,
        deleted: attribute.deleted,
        tlp: tlpFromTags(tags) ?? defaultTlp,
        tags,
        timestamp: attribute.timestamp * 1_000,
        comment: attribute.comment,
      })
    }
  }

  return {
    add,
    batch: () => ({ indicators, skipped: [...skipped].map(([reason, count]) => ({ reason, count })) }),
  }
}

/** How many observables an attribute of this type holds. An ip may turn out a cidr, a domain an fqdn: each is named beside. */
function halvesOf(mispType: string): number {
  return observableTypesOfMisp(mispType).filter(type => type !== 'cidr' && type !== 'fqdn').length
}
