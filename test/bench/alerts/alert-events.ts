import type { Codec } from '../../../runtime/codec.ts'
import { stamper } from '../../../runtime/engine/stamp.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { AlertRecord } from '../../../schemas/generated/types.ts'
import { ingestRaw } from '../../../services/ingest/decide.ts'
import { ingestRulesOf } from '../../../services/ingest/rules.ts'
import { sealHeaders } from '../../../services/ingest/trust.ts'
import { type RawAlertOptions, rawAlerts } from './raw-alerts.ts'

/** The secret that raw alerts of the benchmark are sealed with; it guards nothing. */
export const benchSeal = 'bench-seal-secret-of-no-worth-0123456789'

/** How the API seals a body that it took in for a tenant. */
export function sealedFor(tenant: string, body: Buffer): Record<string, Buffer> {
  return sealHeaders({ tenant, source: null, origin: 'accepted', refused: null }, body, benchSeal)
}

export type AlertEvent = { readonly key: string; readonly event: AlertRecord }

export type AlertEventOptions = RawAlertOptions & {
  /** Epoch ms of the first one; the next come `everyMs` apart. */
  readonly from?: number
  readonly everyMs?: number
}

/** What ingest makes of `rawAlerts`: an endless, seeded stream of events for `alerts`, without a broker. */
export function alertEvents(options: AlertEventOptions): () => AlertEvent {
  const { from = Date.parse('2026-11-25T09:00:00Z'), everyMs = 10 } = options
  const next = rawAlerts(options)
  const rules = ingestRulesOf({ secret: benchSeal })
  const decide = ingestRaw(rules)
  let offset = 0
  return () => {
    const { tenant, value } = next()
    const at = from + offset * everyMs
    const rawId = `alerts.raw/0/${offset}`
    const raw = { rawId, at, key: null, value, headers: sealedFor(tenant, value) }
    const context = { now: at, origin: { topic: 'alerts.raw', partition: 0, offset } }
    offset += 1
    const { writes } = decide(unused, raw, context)
    const [write] = writes
    if (write === undefined || write.draft === null) throw new Error('ingest made nothing of a raw alert')
    const cause = { id: rawId, rawId, domain: tenant, tenant, tlp: 'AMBER', pap: 'AMBER', eventTime: at, at }
    const stamp = stamper('ingest.normalise', cause, rules.hash, at)
    return { key: write.key, event: stamp(write.draft) as unknown as AlertRecord }
  }
}

export function encoded(codec: Codec, { key, event }: AlertEvent): { readonly key: Buffer; readonly value: Buffer } {
  return { key: Buffer.from(key), value: codec.encode(topics.alerts, event) }
}

/** Ingest remembers nothing. */
const unused = { get: () => undefined, all: () => [] }
