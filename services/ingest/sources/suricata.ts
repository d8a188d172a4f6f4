import { defaultSeverity, type Severity, severityFromSuricata } from '../../../core/severity.ts'
import { isObject, type JsonObject, kindOf } from '../json-object.ts'
import { textAt, textsAt, valueAt } from './field-walk.ts'
import { foundAs, mentionedIn } from './found.ts'
import { type FoundObservable, type Mapped, rejected, type SourceMapper } from './mapped.ts'
import { behindVigiaKeys, vigiaKeysOf } from './vigia-keys.ts'

/** Paths inside `alert`, except the time. */
const paths = {
  tags: [
    ...['category', 'metadata.mitre_tactic_id', 'metadata.mitre_technique_id'],
    ...['metadata.malware_family', 'action'],
  ],
  techniques: ['metadata.mitre_technique_id'],
  ruleIds: ['signature_id'],
  references: ['metadata.reference', 'references'],
}
const inAlert = (inner: readonly string[]) => inner.map(path => `alert.${path}`)

export const suricata: SourceMapper = {
  kind: 'suricata',
  what: 'Suricata EVE records; those that are no alerts are suppressed',
  fits: isEve,
  fields: behindVigiaKeys({
    title: ['alert.signature'],
    description: ['<category, signature id, ends and protocol>'],
    severity: ['alert.metadata.signature_severity', 'alert.severity'],
    eventTime: ['timestamp'],
    sourceRef: ['<community_id or the ends, alert.signature_id, timestamp and tx_id>'],
    rule: ['alert.signature'],
    ruleIds: inAlert(paths.ruleIds),
    techniques: inAlert(paths.techniques),
    references: inAlert(paths.references),
    tags: inAlert(paths.tags),
    observables: [
      ...['alert.source.ip', 'alert.target.ip', 'src_ip', 'dest_ip', 'xff', 'alert.xff', 'http', 'dns', 'tls'],
      ...['smtp', 'email', 'files', 'fileinfo', 'smb.filename', 'alert.metadata.cve', '<text of alert.signature>'],
    ],
  }),
  map: mapSuricata,
}

/** What Suricata 4 to 8 writes beside alerts. */
const eventTypes: ReadonlySet<unknown> = new Set([
  ...['anomaly', 'arp', 'bittorrent_dht', 'dcerpc', 'dhcp', 'dnp3', 'dns', 'doh2', 'drop', 'engine', 'enip', 'flow'],
  ...['fileinfo', 'frame', 'ftp', 'ftp_data', 'http', 'http2', 'ike', 'ikev2', 'krb5', 'ldap', 'mdns', 'metadata'],
  ...['modbus', 'mqtt', 'netflow', 'nfs', 'packet', 'pgsql', 'pop3', 'quic', 'rdp', 'rfb', 'sip', 'smb', 'smtp'],
  ...['snmp', 'ssh', 'stats', 'telnet', 'tftp', 'tls', 'verdict', 'websocket'],
])

/** Others name their records by `event_type` too, and what EVE logs beside alerts is kept out. */
function isEve({ event_type: type, flow_id: flow, alert, timestamp }: JsonObject): boolean {
  if (typeof type !== 'string') return false
  if (flow !== undefined || (isObject(alert) && 'signature_id' in alert)) return true
  return type !== 'alert' && timestamp !== undefined && eventTypes.has(type)
}

/** Suricata EVE alerts. Everything else that EVE logs is context, and kept out by a policy. Contract sources 6.4. */
export function mapSuricata(body: JsonObject, source: string): Mapped {
  const problems = problemsOf(body)
  if (problems.length > 0) return rejected(problems)
  if (body.event_type !== 'alert') {
    return {
      outcome: 'suppression',
      policy: 'suricata-not-an-alert',
      reason: `event_type is ${String(body.event_type).slice(0, 64)}`,
    }
  }
  const own = vigiaKeysOf(body)
  if (own.problems.length > 0) return rejected(own.problems)
  const alert = isObject(body.alert) ? body.alert : {}
  const signature = textAt(alert, ['signature']) ?? ''
  return {
    outcome: 'alert',
    alert: {
      source: own.source ?? source,
      type: own.type ?? 'suricata',
      sourceRef: refOf(body),
      chosenRef: textAt(body, ['timestamp']) !== undefined,
      title: signature,
      description: descriptionOf(body, alert),
      severity: own.severity ?? severityOf(alert),
      tags: [...textsAt(alert, paths.tags), ...own.tags],
      tlp: own.tlp,
      pap: own.pap,
      eventTime: body.timestamp,
      externalLink: own.link,
      rule: signature,
      techniques: textsAt(alert, paths.techniques),
      ruleIds: textsAt(alert, paths.ruleIds),
      references: textsAt(alert, paths.references),
      observables: suricataObservables(body),
      content: body,
    },
  }
}

/** Of an EVE record, also as another sensor carries it. */
export function suricataObservables(body: JsonObject): FoundObservable[] {
  const alert = isObject(body.alert) ? body.alert : {}
  const inside = [...names(body), ...tls(body), ...mails(body), ...files(body), ...vulnerabilities(alert)]
  return [...ends(body, alert), ...web(body), ...inside]
}

/** As the rule's metadata (`CVE_2021_44228`: it has no dashes there) and its name tell them. */
function vulnerabilities(alert: JsonObject): FoundObservable[] {
  return [
    ...textsAt(alert, ['metadata.cve']).flatMap(text => foundAs('cve', text, 'indicator', 'alert.metadata.cve')),
    ...mentionedIn(textAt(alert, ['signature']) ?? '', 'alert.signature'),
  ]
}

function tls(body: JsonObject): FoundObservable[] {
  return [
    ...foundAs('ja3', valueAt(body, 'tls.ja3.hash'), 'indicator', 'tls.ja3.hash'),
    ...foundAs('ja3s', valueAt(body, 'tls.ja3s.hash'), 'indicator', 'tls.ja3s.hash'),
    ...foundAs('ja4', valueAt(body, 'tls.ja4'), 'indicator', 'tls.ja4'),
    ...foundAs('hash', valueAt(body, 'tls.fingerprint'), 'indicator', 'tls.fingerprint'),
  ]
}

function severityOf(alert: JsonObject): Severity {
  return severityFromSuricata(alert.severity, textAt(alert, ['metadata.signature_severity'])) ?? defaultSeverity
}

function problemsOf(body: JsonObject): string[] {
  if (typeof body.event_type !== 'string') return [`event_type: expected a string, got ${kindOf(body.event_type)}`]
  if (body.event_type !== 'alert') return []
  if (!isObject(body.alert)) return [`alert: expected an object, got ${kindOf(body.alert)}`]
  const { signature, signature_id: id, severity } = body.alert
  const problems: string[] = []
  if (signature === undefined || signature === '') problems.push('alert.signature: missing')
  else if (typeof signature !== 'string') problems.push(`alert.signature: expected a string, got ${kindOf(signature)}`)
  if (typeof id !== 'number') problems.push(`alert.signature_id: expected a number, got ${kindOf(id)}`)
  if (severity !== undefined && typeof severity !== 'number') {
    problems.push(`alert.severity: expected a number, got ${kindOf(severity)}`)
  }
  return problems
}

/**
 * Suricata gives alerts no id, and `flow_id` differs each time the same packets are read. The community id, or the ends
 * where it is not enabled, with signature, time and transaction is the same again.
 */
function refOf(body: JsonObject): string {
  const flow = textAt(body, ['community_id']) ?? endsOf(body)
  return [flow, textAt(body, ['alert.signature_id']), textAt(body, ['timestamp']), textAt(body, ['tx_id']) ?? '-'].join(
    '|',
  )
}

function endsOf(body: JsonObject): string {
  return ['proto', 'src_ip', 'src_port', 'dest_ip', 'dest_port'].map(name => textAt(body, [name]) ?? '').join(',')
}

function descriptionOf(body: JsonObject, alert: JsonObject): string {
  const end = (ip: string, port: string) => [textAt(body, [ip]), textAt(body, [port])].filter(Boolean).join(' port ')
  const id = `signature ${textAt(alert, ['gid']) ?? '1'}:${textAt(alert, ['signature_id'])}:${textAt(alert, ['rev']) ?? '0'}`
  const way = `${textAt(body, ['proto']) ?? ''} ${end('src_ip', 'src_port')} to ${end('dest_ip', 'dest_port')}`.trim()
  return [textAt(alert, ['category']), id, way, textAt(body, ['app_proto'])].filter(Boolean).join('\n')
}

/** Who attacked whom as the rule says with `target:`, else as the packet went. */
function ends(body: JsonObject, alert: JsonObject): FoundObservable[] {
  const known = isObject(alert.source) && isObject(alert.target)
  return [
    ...(known ? foundAs('ip', valueAt(alert, 'source.ip'), 'source', 'alert.source.ip') : []),
    ...(known ? foundAs('ip', valueAt(alert, 'target.ip'), 'target', 'alert.target.ip') : []),
    ...(known ? [] : foundAs('ip', body.src_ip, 'source', 'src_ip')),
    ...(known ? [] : foundAs('ip', body.dest_ip, 'target', 'dest_ip')),
    ...['xff', 'alert.xff', 'http.xff'].flatMap(path => forwardedFor(body, path)),
  ]
}

/** A list where there was more than one proxy. */
function forwardedFor(body: JsonObject, path: string): FoundObservable[] {
  return textsAt(body, [path])
    .flatMap(text => text.split(',', 64))
    .flatMap(text => foundAs('ip', text, 'source', path))
}

function web(body: JsonObject): FoundObservable[] {
  if (!isObject(body.http)) return []
  const { hostname, url, http_port: port, http_user_agent: agent, http_refer: referer } = body.http
  const host = typeof hostname === 'string' ? hostname : ''
  const at = typeof port === 'number' && port !== 80 ? `:${port}` : ''
  const target = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const full = typeof url !== 'string' || /^https?:/i.test(url) ? url : host && `http://${target}${at}${url}`
  return [
    ...foundAs('host', hostname, 'indicator', 'http.hostname'),
    ...foundAs('url', full, 'indicator', 'http.url'),
    ...foundAs('url', referer, 'mentioned', 'http.http_refer'),
    ...foundAs('user-agent', agent, 'mentioned', 'http.http_user_agent'),
  ]
}

function names(body: JsonObject): FoundObservable[] {
  const asked = ['dns.query', 'dns.queries'].flatMap(path => each(body, path, ['rrname'], 'host'))
  return [
    ...foundAs('host', valueAt(body, 'dns.rrname'), 'indicator', 'dns.rrname'),
    ...asked,
    ...['dns.answers', 'dns.answer.answers'].flatMap(path => each(body, path, ['rdata'], 'host')),
    ...['dns.grouped', 'dns.answer.grouped'].flatMap(path => grouped(body, path)),
    ...foundAs('host', valueAt(body, 'tls.sni'), 'indicator', 'tls.sni'),
  ]
}

/** The answers by the type of their records, as `dns` has them where it is told to. */
function grouped(body: JsonObject, path: string): FoundObservable[] {
  return ['A', 'AAAA', 'CNAME', 'NS', 'PTR', 'MX'].flatMap(type =>
    textsAt(body, [`${path}.${type}`]).flatMap(text => foundAs('host', text, 'indicator', `${path}.${type}`)),
  )
}

function mails(body: JsonObject): FoundObservable[] {
  const mail = (path: string, role: 'source' | 'target') =>
    textsAt(body, [path]).flatMap(text => foundAs('mail', addressIn(text), role, path))
  return [
    ...mail('smtp.mail_from', 'source'),
    ...mail('email.from', 'source'),
    ...mail('smtp.rcpt_to', 'target'),
    ...mail('email.to', 'target'),
    ...foundAs('mail-subject', valueAt(body, 'email.subject'), 'indicator', 'email.subject'),
    ...textsAt(body, ['email.attachment']).flatMap(text => foundAs('filename', text, 'indicator', 'email.attachment')),
    ...textsAt(body, ['email.url']).flatMap(text =>
      foundAs('url', /^[a-z]+:/i.test(text) ? text : `http://${text}`, 'indicator', 'email.url'),
    ),
    ...mentionedIn(textAt(body, ['email.body']) ?? '', 'email.body'),
  ]
}

function files(body: JsonObject): FoundObservable[] {
  const hashes = ['md5', 'sha1', 'sha256']
  const single = isObject(body.fileinfo) ? { files: [body.fileinfo] } : {}
  return [
    ...foundAs('filename', valueAt(body, 'smb.filename'), 'indicator', 'smb.filename'),
    ...[body, single].flatMap(from => [
      ...each(from, 'files', ['filename'], 'filename'),
      ...each(from, 'files', hashes, 'hash'),
    ]),
  ]
}

function each(body: JsonObject, path: string, fields: readonly string[], type: string): FoundObservable[] {
  const items = valueAt(body, path)
  if (!Array.isArray(items)) return []
  return items
    .filter(isObject)
    .flatMap((item, index) =>
      fields.flatMap(field => foundAs(type, item[field], 'indicator', `${path}[${index}].${field}`)),
    )
}

function addressIn(text: string): string {
  return /<([^<>]*)>/.exec(text)?.[1] ?? text
}
