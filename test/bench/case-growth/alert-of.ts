import { digest } from '../../../core/ids.ts'
import type { AlertRecord } from '../../../schemas/generated/types.ts'

const start = Date.parse('2026-11-25T09:00:00Z')

/** The alert number `number` of a case: an address that all of them share, one that is new with each, and the sensor. */
export function alertOf(
  caseName: string,
  number: number,
  place: number,
): { readonly key: string; readonly event: AlertRecord } {
  const id = digest([caseName, String(number)]).slice(0, 32)
  const rawId = `alerts.raw/0/${place}`
  const [domain, at] = ['acme', start + place * 50]
  const seen = (type: string, value: string, role: string) => ({
    ...{ type, value, role, path: role, tlp: null, tags: [], flags: [], attachment: null },
  })
  return {
    key: `${domain}#${id}`,
    event: {
      ...{ id, causeId: `${rawId}#0`, rawId, domain, tenant: domain, tlp: 'AMBER', pap: 'AMBER' },
      ...{ eventTime: at, at, processTime: at, seq: null, rulesetHash: null, attempt: 0 },
      kind: 'alert',
      alert: {
        ...{ part: 0, parts: 1, fingerprint: digest([id]), source: 'siem', type: 'ids', sourceRef: id },
        ...{ title: 'Beacon to a rare destination', description: 'seen by the proxy', severity: 'medium' },
        ...{ tags: ['T1071.001'], externalLink: null, rule: 'beacon', dedupeMs: 3_600_000 },
        ...{ techniques: [], ruleIds: [], references: [], origin: null },
        observables: [
          seen('ip', addressOf(digest([caseName])), 'source'),
          seen('ip', addressOf(id), 'target'),
          seen('hostname', `${caseName}-ws-${number % 50}`, 'observer'),
        ],
      },
    },
  }
}

function addressOf(hex: string): string {
  const byte = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16)
  return `185.${byte(0)}.${byte(2)}.${byte(4)}`
}
