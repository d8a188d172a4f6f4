import { caseBuilder } from '../../../services/case-builder/topology.ts'
import type { BenchContext, Item } from '../measure/item.ts'
import { meteredService } from '../service/metered-service.ts'
import { copyAlerts, prepareAlerts } from './alerts-topic.ts'

/** Of the records of a copy run: an alert leads to three to four events and as many entries of state. */
const share = 3

export const item: Item = {
  name: 'case-builder',
  what: 'Avro alerts of 100 domains, 20 % of them repeats, five to a case, 4 observables each, folded into cases, case-events, observables and state',
  prepare: context => prepareAlerts(context, 'many', 100, foldedOf(context)),
  run: context =>
    meteredService(context, caseBuilder(), foldedOf(context), filling => copyAlerts(context, 'many', filling)),
}

/** How many alerts are folded in a run. */
export function foldedOf({ records }: BenchContext): number {
  return Math.ceil(records / share)
}
