import { topics } from '../../../schemas/catalogue.ts'
import { ingestRulesOf } from '../../../services/ingest/rules.ts'
import { ingest } from '../../../services/ingest/topology.ts'
import { benchSeal, sealedFor } from '../alerts/alert-events.ts'
import { rawAlerts } from '../alerts/raw-alerts.ts'
import type { Item } from '../measure/item.ts'
import { fillTopic } from '../service/fill.ts'
import { meteredService } from '../service/metered-service.ts'

/** Of the records of a copy run. The code of ingest is hot after some 60,000 alerts; before, each costs twice as much. */
const share = 2

export const item: Item = {
  name: 'ingest',
  what: 'raw alerts of four kinds (0.6 to 1.6 kB, mean 1.0 kB; ElastAlert2 and TheHive bodies sealed as by the API) into Avro alerts with 4 observables on average',
  async run(context) {
    const total = Math.ceil(context.records / share)
    const next = rawAlerts({ seed: 100 + context.repetition, tenants: 100 })
    return meteredService(context, ingest(ingestRulesOf({ secret: benchSeal })), total, ({ log }) =>
      fillTopic(log, total, index => {
        const { shape, tenant, value } = next()
        const isByHttp = shape === 'elastalert-hive' || shape === 'thehive'
        return {
          topic: context.prefix + topics.alertsRaw.name,
          partition: index % context.partitions,
          key: null,
          value,
          headers: isByHttp ? sealedFor(tenant, value) : {},
        }
      }),
    )
  },
}
