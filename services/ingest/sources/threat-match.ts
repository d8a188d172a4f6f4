import type { JsonObject } from '../json-object.ts'
import { objectsAt, textAt } from './field-walk.ts'
import { foundAs, observablesIn, typeOfField } from './found.ts'
import type { FoundObservable } from './mapped.ts'

/**
 * What a match with threat intelligence found (`threat.enrichments[]` of ECS): the value of the event, and the indicator,
 * both under the indicator's own marking.
 */
export function indicatorMatches(body: JsonObject): FoundObservable[] {
  return objectsAt(body, ['threat.enrichments']).flatMap(({ item, path }) => {
    const tlp = textAt(item, ['indicator.marking.tlp'])
    const type = typeOfField(textAt(item, ['matched.field']) ?? '')
    const found = foundAs(type, textAt(item, ['matched.atomic']), 'indicator', `${path}.matched.atomic`)
    const inside = observablesIn({ threat: { indicator: item.indicator } })
      .filter(each => each.role === 'indicator')
      .map(each => ({ ...each, path: each.path.replace('threat.', () => `${path}.`) }))
    return [...found, ...inside].map(each => (tlp === undefined ? each : { ...each, tlp }))
  })
}
