import type {
  Action,
  Alert,
  AlertRecord,
  Case,
  CaseEvent,
  Envelope,
  ObservableInAlert,
  ResponseEvent,
  ResultRecord,
} from '../../schemas/generated/types.ts'

/** One event of every kind that is mirrored, for the tests of the documents: made up, all of one incident. */

const at = Date.parse('2026-11-20T10:00:05.250Z')
const alertId = 'a1'.repeat(16)
const caseId = 'c1'.repeat(16)

const envelope: Envelope = {
  id: 'e0'.repeat(16),
  causeId: 'alerts.raw/2/41#0',
  rawId: 'alerts.raw/2/41',
  domain: 'acme/north',
  tenant: 'acme',
  tlp: 'AMBER',
  pap: 'AMBER',
  eventTime: Date.parse('2026-11-20T10:00:00Z'),
  at,
  processTime: at + 120,
  seq: null,
  rulesetHash: 'f0'.repeat(32),
  attempt: 0,
}

export function observable(type: string, value: string, role: string, more: Partial<ObservableInAlert> = {}) {
  return { type, value, role, path: `fields.${type}`, tlp: null, tags: [], flags: [], attachment: null, ...more }
}

const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'

export const fullAlert: Alert = {
  part: 0,
  parts: 1,
  fingerprint: 'f1'.repeat(32),
  source: 'siem',
  type: 'elastalert',
  sourceRef: 'rule-7-2026',
  title: 'Beacon to a known server',
  description: 'The host talks to 203.0.113.7 every minute.',
  severity: 'high',
  tags: ['c2', 'edr'],
  externalLink: 'https://siem.example.org/alerts/7',
  rule: 'Beaconing',
  dedupeMs: 3_600_000,
  observables: [
    observable('ip', '192.0.2.10', 'source', { flags: ['own'] }),
    observable('ip', '203.0.113.7', 'target'),
    observable('hostname', 'ws-17.acme.example', 'observer'),
    observable('username', 'acme\\ana', 'mentioned'),
    observable('url', 'http://bad.example.net/a?b=1', 'indicator'),
    observable('domain', 'bad.example.net', 'indicator'),
    observable('hash', sha256, 'indicator'),
    observable('file', 'invoice.exe', 'indicator', {
      attachment: { name: 'invoice.exe', contentType: 'application/octet-stream', size: 12_288, sha256 },
    }),
  ],
  origin: null,
  techniques: ['T1071.001', 'T1105', 'TA0011'],
  ruleIds: ['7f3c', 'sigma-1'],
  references: ['https://rules.example.org/7f3c', 'https://attack.example.org/T1071'],
}

export function alertEvent(more: Partial<Alert> = {}, changed: Partial<Envelope> = {}): AlertRecord {
  return { ...envelope, id: alertId, ...changed, kind: 'alert', alert: { ...fullAlert, ...more } }
}

export const rejectionEvent: AlertRecord = {
  ...envelope,
  id: 'a2'.repeat(16),
  kind: 'rejection',
  rejection: {
    ...{ part: 1, parts: 3, source: 'siem', code: 'VIG_ALERT_INVALID' },
    ...{ reason: 'title: is missing', origin: null },
  },
}

export const suppressionEvent: AlertRecord = {
  ...envelope,
  id: 'a3'.repeat(16),
  attempt: 2,
  kind: 'suppression',
  suppression: {
    ...{ part: 0, parts: 1, source: 'siem', policy: 'scanner' },
    ...{ reason: 'our own scanner', origin: 'alerts.raw/2/40#0' },
  },
}

const summary: Case = {
  ...{ caseId, number: 12, status: 'open', title: 'Beacon to a known server', severity: 'high' },
  ...{ tlp: 'AMBER', pap: 'AMBER', verdict: 'malicious', score: 2, alerts: 2, repeats: 1, observables: 8 },
  ...{ openedAt: at, lastAlertAt: at, closedAt: null, sources: ['siem'], findings: [], linkedTo: null },
  joinedOn: [{ type: 'ip', value: '203.0.113.7', role: 'target', alerts: 2 }],
}

type Fact = CaseEvent extends infer Event ? (Event extends CaseEvent ? Omit<Event, keyof Envelope> : never) : never
type FactOf = Fact extends infer Each ? (Each extends Fact ? Omit<Each, 'case' | 'caseId'> : never) : never

export function caseEvent(fact: FactOf, changed: Partial<Case> = {}): CaseEvent {
  const head = { ...envelope, causeId: alertId, seq: 31, caseId, case: { ...summary, ...changed } }
  return { ...head, ...fact } as CaseEvent
}

function ofNoCase(fact: FactOf): CaseEvent {
  return { ...caseEvent(fact), caseId: null, case: null }
}

const about = { type: 'ip', value: '203.0.113.7' }
const indicator = { indicatorUuid: 'u-1', eventUuid: 'u-2', eventInfo: 'Servers of a botnet' }
const told = { alertId, part: 0, parts: 1, fingerprint: 'f1'.repeat(32), source: 'siem' }

export const caseEvents: readonly CaseEvent[] = [
  caseEvent({ kind: 'case-opened', caseOpened: { number: 12, reason: 'nothing to join', linkedTo: null } }),
  caseEvent({
    kind: 'alert-linked',
    alertLinked: {
      ...{ ...told, title: 'Beacon to a known server', severity: 'high', answered: 0, notJoined: [] },
      ...{ joinedOn: [about], observables: [about, { type: 'domain', value: 'bad.example.net' }] },
    },
  }),
  caseEvent({ kind: 'alert-repeated', alertRepeated: { ...told, firstAlertId: 'a0'.repeat(16), count: 4 } }),
  ofNoCase({ kind: 'alert-suppressed', alertSuppressed: { ...told, suppressionId: 's1', reason: 'planned test' } }),
  caseEvent({
    kind: 'analysis-folded',
    analysisFolded: { ...about, analyzer: 'AbuseIPDB_1_0', verdict: 'malicious', score: 2, taxonomies: [], answers: 2 },
  }),
  caseEvent({
    kind: 'indicator-matched',
    indicatorMatched: { ...about, ...indicator, source: 'misp', toIds: true, retro: true, afterMs: 60_000 },
  }),
  caseEvent({
    kind: 'verdict-changed',
    verdictChanged: { from: 'unknown', to: 'malicious', score: 2, because: 'AbuseIPDB_1_0 says malicious' },
  }),
  caseEvent({ kind: 'case-closed', caseClosed: { by: 'ana', reason: 'false positive' } }, { status: 'closed' }),
  ofNoCase({
    kind: 'suppression-added',
    suppressionAdded: { suppressionId: 's1', when: 'true', by: 'ana', reason: 'planned test', expiresAt: at },
  }),
  ofNoCase({ kind: 'suppression-ended', suppressionEnded: { suppressionId: 's1', by: 'ana', reason: 'over' } }),
]

export const notedEvent = ofNoCase({ kind: 'noted', noted: { input: 'analysis.results/report', reason: 'no case' } })

const head = { ...envelope, causeId: 'b0'.repeat(16) }
const analyzer = { jobId: 'j1', analyzer: 'AbuseIPDB_1_0', name: 'AbuseIPDB', ...about }

export function reportEvent(verdict: string): ResultRecord {
  const report = {
    ...{ ...analyzer, configHash: 'cf', verdict, score: verdict === 'malicious' ? 2 : 0 },
    taxonomies: [{ level: verdict, namespace: 'AbuseIPDB', predicate: 'Records', value: '42' }],
    artifacts: [
      { type: 'domain', value: 'other.example.net', tags: [], tlp: null },
      { type: 'domain', value: 'secret.example.net', tags: [], tlp: 'RED' },
    ],
    ...{ report: '{"secret":"of the report"}', reportHash: '5e'.repeat(32) },
  }
  return { ...head, kind: 'report', report }
}

export const failureEvent: ResultRecord = {
  ...head,
  kind: 'failure',
  failure: { ...analyzer, reason: 'timeout', says: 'killed after 30 s' },
}

export const refusalEvent: ResultRecord = {
  ...head,
  kind: 'refusal',
  refusal: { ...about, analyzer: 'AbuseIPDB_1_0', name: 'AbuseIPDB', reason: 'tlp', says: '' },
}

export const matchEvent: ResultRecord = {
  ...head,
  kind: 'match',
  match: {
    ...{ ...about, ...indicator, source: 'misp', scope: 'shared', orgc: 'CIRCL', toIds: true, retro: false },
    ...{ afterMs: 0, tlp: 'GREEN' },
  },
}

const action: Action = {
  ...{ actionId: 'd1'.repeat(16), playbook: 'tell', rule: 'malicious', caseId, caseNumber: 12 },
  ...{ type: 'notify.webhook', target: 'soc', mode: 'live', approval: true, text: 'case 12', caseTlp: 'AMBER' },
}

type Step = ResponseEvent extends infer Event
  ? Event extends ResponseEvent
    ? Omit<Event, keyof Envelope | 'action'>
    : never
  : never

export function responseEvent(step: Step, changed: Partial<Action> = {}): ResponseEvent {
  return { ...head, seq: 3, action: { ...action, ...changed }, ...step } as ResponseEvent
}

export const responseEvents: readonly ResponseEvent[] = [
  responseEvent({ kind: 'planned', planned: { because: 'the verdict became malicious' } }),
  responseEvent({ kind: 'awaiting', awaiting: { expiresAt: at } }),
  responseEvent({ kind: 'approved', approved: { by: 'ana', reason: 'seen' } }),
  responseEvent({ kind: 'rejected', rejected: { by: 'ana', reason: 'no' } }),
  responseEvent({ kind: 'attempted', attempted: { idempotencyKey: 'd1' } }),
  responseEvent({ kind: 'done', done: { says: '200' } }),
  responseEvent({ kind: 'failed', failed: { says: '400' } }),
  responseEvent({ kind: 'unknown', unknown: { says: 'no answer' } }),
  responseEvent({ kind: 'expired', expired: { says: 'older than an hour' } }),
  responseEvent({ kind: 'digested', digested: { says: 'over the limit' } }),
]
