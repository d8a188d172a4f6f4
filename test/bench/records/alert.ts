import { partitionOf } from '../../../core/murmur2.ts'
import type { AlertRecord } from '../../../schemas/generated/types.ts'

/** Of each value that the copy items read, framing included. */
export const recordBytes = 600

/** Domains in each partition. */
const domainsEach = 50

type KeyedAlert = { readonly partition: number; readonly key: string; readonly event: AlertRecord }

/** Domains that lead to each partition, equally many for each, so that no partition is longer than the others. */
export function evenDomains(partitions: number, each: number): readonly (readonly string[])[] {
  const found = Array.from({ length: partitions }, (): string[] => [])
  for (let number = 0; found.some(domains => domains.length < each); number++) {
    const domain = `tenant-${number}`
    const domains = found[partitionOf(domain, partitions)]
    if (domains !== undefined && domains.length < each) domains.push(domain)
  }
  return found
}

/** A small alert as ingest would write it, in turn over the partitions; its description is `describing` characters long. */
function alertAt(index: number, domains: readonly (readonly string[])[], describing: number): KeyedAlert {
  const partition = index % domains.length
  const own = domains[partition] ?? []
  const domain = own[Math.floor(index / domains.length) % own.length] ?? ''
  const id = index.toString(16).padStart(32, '0')
  const at = 1_795_000_000_000 + index
  const event: AlertRecord = {
    id,
    causeId: `alerts.raw/${partition}/${index}#0`,
    rawId: `alerts.raw/${partition}/${index}`,
    domain,
    tenant: domain,
    tlp: 'AMBER',
    pap: 'AMBER',
    eventTime: at,
    at,
    processTime: at,
    seq: null,
    rulesetHash: '5d41402abc4b2a76b9719d911017c592',
    attempt: 0,
    kind: 'alert',
    alert: {
      part: 0,
      parts: 1,
      fingerprint: id,
      source: 'elastalert',
      type: 'external',
      sourceRef: String(index),
      title: 'Repeated failed logins from one address',
      description: 'x'.repeat(describing),
      severity: 'medium',
      tags: ['bench'],
      externalLink: null,
      rule: 'failed-logins',
      techniques: [],
      ruleIds: [],
      references: [],
      origin: null,
      dedupeMs: 3_600_000,
      observables: [
        {
          type: 'ip',
          value: `203.0.113.${index % 256}`,
          role: 'source',
          path: 'source.ip',
          tlp: null,
          tags: [],
          flags: [],
          attachment: null,
        },
      ],
    },
  }
  return { partition, key: `${domain}#${id}`, event }
}

/** Alerts that are each exactly `recordBytes` once `encode` has framed them. */
export function alerts(
  partitions: number,
  encode: (event: AlertRecord) => Buffer,
): (index: number) => { readonly partition: number; readonly key: Buffer; readonly value: Buffer } {
  const domains = evenDomains(partitions, domainsEach)
  let describing = 0
  return index => {
    // Numbers grow a digit now and then; the length of the description takes a byte more from 64 characters on.
    for (let attempt = 0; attempt < 4; attempt++) {
      const { partition, key, event } = alertAt(index, domains, describing)
      const value = encode(event)
      if (value.length === recordBytes) return { partition, key: Buffer.from(key), value }
      describing += recordBytes - value.length
    }
    throw new Error(`alert ${index} cannot be brought to ${recordBytes} bytes`)
  }
}
