import type {
  AlertRecord,
  CommandRecord,
  Envelope,
  ObservableInAlert,
  ResultRecord,
} from '../../schemas/generated/types.ts'

/** What the fold reads, for its tests: made up, each with an id of its own. */

export const hour = 3_600_000
export const start = Date.parse('2026-11-20T10:00:00Z')
let made = 0

export function envelope(over: Partial<Envelope> = {}): Envelope {
  made += 1
  const id = `e${made}`.padEnd(32, '0')
  return {
    id,
    causeId: `c${made}`,
    rawId: `alerts.raw/0/${made}`,
    domain: 'acme',
    tenant: 'acme',
    tlp: 'AMBER',
    pap: 'AMBER',
    eventTime: start,
    at: start,
    processTime: start,
    seq: null,
    rulesetHash: null,
    attempt: 0,
    ...over,
  }
}

export function seen(value: string, over: Partial<ObservableInAlert> = {}): ObservableInAlert {
  return {
    type: 'ip',
    value,
    role: 'source',
    path: 'source.ip',
    tlp: null,
    tags: [],
    flags: [],
    attachment: null,
    ...over,
  }
}

type AlertOver = Partial<Envelope> & { fingerprint?: string; severity?: string; dedupeMs?: number }

export function alert(
  observables: readonly ObservableInAlert[],
  { fingerprint, severity = 'medium', dedupeMs = hour, ...over }: AlertOver = {},
): AlertRecord {
  const head = envelope(over)
  const body = {
    part: 0,
    parts: 1,
    fingerprint: fingerprint ?? head.id,
    source: 'siem',
    type: 't',
    sourceRef: 'r',
    title: `alert ${made}`,
    description: '',
    severity,
    tags: [],
    externalLink: null,
    rule: null,
    techniques: [],
    ruleIds: [],
    references: [],
    origin: null,
    dedupeMs,
    observables,
  }
  return { ...head, kind: 'alert', alert: body }
}

export function report(
  value: string,
  verdict: string,
  score: number,
  over: Partial<Envelope> & {
    name?: string
    artifacts?: { type: string; value: string; tags: string[]; tlp: string | null }[]
  } = {},
): ResultRecord {
  const { name = 'Lookup', artifacts = [], ...rest } = over
  const body = {
    jobId: 'j',
    analyzer: `${name}_1_0`,
    name,
    configHash: 'h',
    type: 'ip',
    value,
    verdict,
    score,
    taxonomies: [],
    artifacts,
    report: '',
    reportHash: '',
  }
  return { ...envelope(rest), kind: 'report', report: body }
}

export function close(caseId: string): CommandRecord {
  return { ...envelope(), kind: 'close-case', closeCase: { caseId, reason: 'done' }, actor: 'ana', roles: ['analyst'] }
}
