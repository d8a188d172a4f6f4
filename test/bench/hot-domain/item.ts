import { caseBuilder } from '../../../services/case-builder/topology.ts'
import { copyAlerts, prepareAlerts } from '../case-builder/alerts-topic.ts'
import { foldedOf } from '../case-builder/item.ts'
import type { Item } from '../measure/item.ts'
import { meteredService } from '../service/metered-service.ts'

export const item: Item = {
  name: 'hot-domain',
  what: 'as case-builder, with all alerts of one domain, so in one partition; its CPU per message against that of case-builder',
  prepare: context => prepareAlerts(context, 'hot', 1, foldedOf(context)),
  run: context =>
    meteredService(context, caseBuilder(), foldedOf(context), filling => copyAlerts(context, 'hot', filling)),
}
