import { type Random, seededRandom } from '../../../runtime/memory/random.ts'
import { type Incident, newIncident } from './incident.ts'
import { type ShapeName, shapes, type Written } from './shapes.ts'

export type RawAlert = {
  readonly shape: ShapeName
  readonly tenant: string
  readonly value: Buffer<ArrayBuffer>
  /** Whether its sender sends it for the second time or more. */
  readonly isRepeat: boolean
}

export type RawAlertOptions = {
  readonly seed: number
  /** Tenants that send, each as often as any other. */
  readonly tenants: number
  /** Share of alerts, in percent, that repeat one of the last few hundred; 20 unless told. */
  readonly repeats?: number
}

/** How often each sender is heard, of 100. */
const mix: readonly (readonly [ShapeName, number])[] = [
  ['elastalert-hive', 30],
  ['thehive', 20],
  ['suricata', 30],
  ['wazuh', 20],
]
const remembered = 512
/** An incident ends with one alert in six, so that a case gets six on average, and few get as many as are "too common". */
const endsOneIn = 6
const openPerTenant = 4
const firstAt = Date.parse('2026-11-25T08:00:00Z')

/**
 * An endless, seeded stream of raw alerts as ElastAlert2, TheHive's clients, Suricata and Wazuh write them, 0.6 to 1.5 kB
 * each: several alerts of one incident, a few observables each, and repeats. Same options, same bytes.
 */
export function rawAlerts({ seed, tenants, repeats = 20 }: RawAlertOptions): () => RawAlert {
  const random = seededRandom(seed)
  const open = new Map<string, Incident[]>()
  const sent: { readonly alert: RawAlert; readonly written: Written }[] = []
  let number = 0
  let originals = 0
  let incidents = 0

  const incidentAt = (tenant: string): Incident => {
    const here = open.get(tenant) ?? []
    open.set(tenant, here)
    const slot = random.below(openPerTenant)
    const old = here[slot]
    if (old !== undefined && random.below(endsOneIn) > 0) return old
    incidents += 1
    const made = newIncident(random, tenant, incidents)
    here[Math.min(slot, here.length)] = made
    return made
  }

  return () => {
    number += 1
    const again = sent.length > 0 && random.below(100) < repeats ? sent[random.below(sent.length)] : undefined
    if (again !== undefined) return { ...again.alert, value: Buffer.from(again.written.resent(random)), isRepeat: true }
    const tenant = `tenant-${random.below(tenants)}`
    const shape = shapeOf(random)
    const written = shapes[shape](random, incidentAt(tenant), { at: firstAt + number * 10, number })
    const alert = { shape, tenant, value: Buffer.from(written.value), isRepeat: false }
    sent[originals % remembered] = { alert, written }
    originals += 1
    return alert
  }
}

function shapeOf(random: Random): ShapeName {
  let left = random.below(100)
  for (const [shape, share] of mix) {
    if (left < share) return shape
    left -= share
  }
  return 'wazuh'
}
