import type { Random } from '../../../runtime/memory/random.ts'
import { hex, type Incident, uuid4 } from './incident.ts'

/** One alert as its sensor writes it; `resent` is the same alert as the sensor sends it a second time. */
export type Written = { readonly value: string; readonly resent: (random: Random) => string }

/** What an alert tells beside its incident: when, and a number that no other alert has. */
export type Occasion = { readonly at: number; readonly number: number }

type Shape = (random: Random, incident: Incident, occasion: Occasion) => Written

/** By the recorded requests of ElastAlert2 2.31 (`elastalert2-hive-*.json`): a new reference, date and counters with each resend. */
const elastalertHive: Shape = (random, incident, { at, number }) => {
  const { rule } = incident
  const event = hex(random, 20)
  const body = (again: Random, hits: number) => ({
    artifacts: [
      { data: incident.attacker, dataType: 'ip', message: null, tags: ['src'], tlp: 2 },
      { data: incident.host, dataType: 'hostname', message: null, tags: [], tlp: 2 },
      ...(rule.technique.startsWith('T1204')
        ? [{ data: incident.sha256, dataType: 'hash', message: null, tags: [], tlp: 2 }]
        : []),
    ],
    customFields: {},
    date: at + hits,
    description: `${rule.name}\n\n@timestamp: ${new Date(at).toISOString()}\n_id: ${event}\n_index: logs-${rule.program}.alert-default\necs: {\n    "version": "8.11.0"\n}\nevent: {\n    "category": [\n        "intrusion_detection"\n    ],\n    "dataset": "${rule.program}.alert",\n    "kind": "alert",\n    "sequence": ${number}\n}\nhost: {\n    "hostname": "${incident.host}",\n    "ip": [\n        "${incident.victim}"\n    ]\n}\nmessage: ${rule.name} for ${incident.user} on ${incident.host}\nnum_hits: ${hits}\nnum_matches: ${hits}\nsource: {\n    "ip": "${incident.attacker}"\n}\n`,
    severity: rule.severity,
    source: 'elastalert',
    sourceRef: uuid4(again),
    tags: [rule.technique, rule.program],
    title: rule.name,
    type: rule.program,
  })
  return { value: JSON.stringify(body(random, 3)), resent: again => JSON.stringify(body(again, 4 + again.below(20))) }
}

/** By the recorded requests of thehive4py 2: a chosen reference, observables with tags. A resend is the same bytes. */
const thehive: Shape = (random, incident, { at, number }) => {
  const { rule } = incident
  const body = {
    type: 'external',
    source: 'siem-01',
    sourceRef: `siem-${number}-${hex(random, 6)}`,
    title: `${rule.name}: ${incident.user}@${incident.host}`,
    description: `**${rule.name}**\n\nSeen on ${incident.host} for the account ${incident.user}; the remote end asked for ${incident.path} with an unusual client. Correlated by rule ${rule.id} within five minutes, sensor time ${new Date(at).toISOString()}.`,
    severity: rule.severity,
    date: at,
    tags: ['siem', rule.technique, `program:${rule.program}`],
    tlp: 2,
    pap: 2,
    externalLink: `https://siem.corp.example/alerts/${number}`,
    customFields: { hostname: incident.host, hits: 1 + (number % 40) },
    observables: [
      { dataType: 'ip', data: incident.attacker, ioc: true, tags: ['src'] },
      { dataType: 'fqdn', data: incident.site, ioc: false, tags: ['dst'] },
      { dataType: 'hostname', data: incident.host, tags: [] },
    ],
  }
  return same(JSON.stringify(body))
}

/** By the EVE lines that Suricata 7.0.10 wrote, without packet and payload, as most sites ship them. */
const suricata: Shape = (random, incident, { at, number }) => {
  const { rule, attacker, victim } = incident
  const timestamp = new Date(at).toISOString().replace('Z', '000+0000')
  const port = 32_768 + random.below(28_000)
  const line = {
    timestamp,
    flow_id: 40_000_000_000_000 + number,
    in_iface: 'eth1',
    event_type: 'alert',
    ...{ src_ip: attacker, src_port: port, dest_ip: victim, dest_port: 80, proto: 'TCP' },
    pkt_src: 'wire/pcap',
    community_id: `1:${hex(random, 27)}=`,
    tx_id: 0,
    alert: {
      ...{ action: 'allowed', gid: 1, signature_id: 2_000_000 + rule.id, rev: 2, signature: `ET ${rule.name}` },
      ...{ category: 'Web Application Attack', severity: Math.max(1, 4 - rule.severity) },
      metadata: { attack_target: ['Web_Server'], mitre_technique_id: [rule.technique], signature_severity: ['Major'] },
    },
    http: {
      ...{ hostname: incident.site, url: incident.path, http_user_agent: 'sqlmap/1.8#stable (https://sqlmap.org)' },
      ...{ http_content_type: 'text/html', http_method: 'GET', protocol: 'HTTP/1.1', status: 200, length: 37 },
    },
    app_proto: 'http',
    direction: 'to_server',
    flow: {
      ...{ pkts_toserver: 4, pkts_toclient: 3, bytes_toserver: 445, bytes_toclient: 278, start: timestamp },
      ...{ src_ip: attacker, dest_ip: victim, src_port: port, dest_port: 80 },
    },
    host: 'sensor-1',
  }
  return same(JSON.stringify(line))
}

/** By the sample of Wazuh 4. */
const wazuh: Shape = (random, incident, { at, number }) => {
  const { rule, host, user, attacker } = incident
  const time = new Date(at).toISOString()
  const port = 1024 + random.below(60_000)
  const body = {
    timestamp: time.replace('Z', '+0000'),
    rule: {
      ...{ level: 4 + rule.severity * 2, description: `${rule.program}: ${rule.name}`, id: String(rule.id) },
      mitre: { id: [rule.technique], tactic: ['Credential Access'], technique: ['Brute Force'] },
      ...{ frequency: 8, firedtimes: 1, mail: false, groups: ['syslog', rule.program, 'authentication_failures'] },
      ...{ pci_dss: ['10.2.4', '10.2.5'], gdpr: ['IV_35.7.d'], nist_800_53: ['AU.14', 'AC.7'] },
    },
    agent: { id: '017', name: host, ip: incident.victim },
    manager: { name: 'wazuh-mgr-01' },
    id: `${Math.floor(at / 1000)}.${number}`,
    cluster: { name: 'wazuh', node: 'node01' },
    full_log: `${time} ${host} ${rule.program}[${port}]: Failed password for invalid user ${user} from ${attacker} port ${port} ssh2`,
    predecoder: { program_name: rule.program, timestamp: time, hostname: host },
    decoder: { parent: rule.program, name: rule.program },
    data: { srcip: attacker, srcport: String(port), srcuser: user },
    location: '/var/log/auth.log',
  }
  return same(JSON.stringify(body))
}

function same(value: string): Written {
  return { value, resent: () => value }
}

export const shapes = { 'elastalert-hive': elastalertHive, thehive, suricata, wazuh } as const
export type ShapeName = keyof typeof shapes
