import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { topics } from '../../schemas/catalogue.ts'
import { alertsFrom, settled } from '../clients/accounts.ts'
import { type Folder, folderWith } from '../integration/folder.ts'
import { until } from '../integration/until.ts'
import { chainOfItsOwn, type OwnChain } from './chain-of-its-own.ts'
import { conversation, dnsQuestion, type Packet, pcapOf, udp } from './pcap.ts'
import { need, type Program, started } from './programs.ts'

const execute = promisify(execFile)

const suricataYaml = `%YAML 1.1
---
default-rule-path: .
rule-files: [local.rules]
classification-file: /etc/suricata/classification.config
reference-config-file: /etc/suricata/reference.config
sensor-name: sensor-1
outputs:
- eve-log:
    enabled: yes
    filetype: regular
    filename: eve.json
    community-id: true
    types: [alert, http, dns, flow]
app-layer:
  protocols:
    http: {enabled: yes}
    dns: {udp: {enabled: yes, detection-ports: {dp: 53}}}
logging: {default-log-level: warning, outputs: [{console: {enabled: yes}}]}
`
const rules = `alert http any any -> any any (msg:"SQL injection in a URI"; flow:established,to_server; http.uri; content:"UNION"; nocase; metadata:signature_severity Major, mitre_technique_id T1190; target:dest_ip; sid:9100001; rev:1;)
alert dns any any -> any any (msg:"Question for a known bad domain"; dns.query; content:"evil-cdn.example"; endswith; metadata:signature_severity Critical; sid:9100002; rev:1;)
`
const rsyslogConf = (
  folder: string,
  brokers: string,
  topic: string,
) => `global(workDirectory="${folder}" maxMessageSize="256k")
module(load="imfile" mode="inotify")
module(load="omkafka")
input(type="imfile" File="${folder}/eve.json" Tag="suricata:" addMetadata="off" freshStartTail="off" ruleset="eve")
template(name="raw" type="string" string="%msg%")
ruleset(name="eve" queue.type="LinkedList") {
  action(type="omkafka" broker=["${brokers}"] topic="${topic}" template="raw" partitions.auto="on"
         resubmitOnFailure="on" keepFailedMessages="on" failedMsgFile="${folder}/failed.msgs"
         confParam=["message.timeout.ms=60000", "enable.idempotence=true"] topicConfParam=["request.required.acks=-1"]
         action.resumeInterval="2" action.resumeRetryCount="-1")
}
`

/** Web attacks and questions for names from `count` clients each, the first at `from`. */
function attacks(count: number, from: number): Packet[] {
  const server = { ip: '192.0.2.80', port: 80 }
  const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  return Array.from({ length: count }, (_, n) => {
    const client = { ip: `198.51.100.${1 + n}`, port: 40_000 + n }
    const request = Buffer.from(`GET /item?id=${n}+UNION+SELECT+1 HTTP/1.1\r\nHost: shop.example\r\n\r\n`)
    const asked = dnsQuestion(`c${n}.evil-cdn.example`, n)
    return [
      ...conversation(client, server, request, answer, from + n * 100),
      udp(client, { ip: '192.0.2.53', port: 53 }, asked, from + n * 100 + 50),
    ]
  }).flat()
}

describe('Suricata, its eve.json shipped by rsyslog', () => {
  let own: OwnChain
  let folder: Folder
  let rsyslog: Program

  beforeAll(async () => {
    await need('Suricata', ['suricata', '-V'], 'install suricata 7 (on Debian 12 from bookworm-backports)')
    await need('rsyslog', ['rsyslogd', '-v'], 'install rsyslog and rsyslog-kafka')
    own = await chainOfItsOwn()
    folder = await folderWith(() => ({ 'suricata.yaml': suricataYaml, 'local.rules': rules, 'eve.json': '' }))
    const { chain, stack } = own
    await writeFile(
      join(folder.path, 'ship.conf'),
      rsyslogConf(folder.path, stack.brokers, chain.prefix + topics.alertsRaw.name),
    )
    const args = ['-n', '-f', join(folder.path, 'ship.conf'), '-i', join(folder.path, 'rsyslog.pid')]
    rsyslog = started('rsyslogd', args, join(folder.path, 'rsyslog.log'), folder.path)
  })
  afterAll(async () => {
    await rsyslog?.stop()
    await own?.stop()
    await folder?.remove()
  })

  /** The events that a run over a capture logs, in the form of the file. */
  async function read(packets: readonly Packet[], name: string): Promise<string[]> {
    const out = join(folder.path, name)
    await writeFile(`${out}.pcap`, pcapOf(packets))
    await execute('mkdir', ['-p', out])
    const args = ['-c', 'suricata.yaml', '-S', 'local.rules', '-r', `${out}.pcap`, '-l', out]
    await execute('suricata', [...args, '-k', 'none', '--runmode', 'single'], { cwd: folder.path })
    return readFileSync(join(out, 'eve.json'), 'utf8').trim().split('\n')
  }
  const ship = (lines: readonly string[]) =>
    appendFile(join(folder.path, 'eve.json'), lines.map(line => `${line}\n`).join(''))
  const isAlert = (line: string) => (JSON.parse(line) as { event_type: string }).event_type === 'alert'

  it('ends each event in one outcome: alerts in cases, the rest kept out by a policy', async () => {
    const lines = await read(attacks(10, Date.now() - 600_000), 'first')
    const alerts = lines.filter(isAlert)
    expect(alerts.length).toBe(20)
    await ship(lines)
    const ledger = await settled(own.chain, lines.length)
    expect(ledger).toMatchObject({ raw: lines.length, linked: 20, suppressed: lines.length - 20, balanced: true })
    const made = await alertsFrom(own.chain, 'suricata')
    expect(new Set(made.map(({ title }) => title))).toEqual(
      new Set(['SQL injection in a URI', 'Question for a known bad domain']),
    )
    expect(made.find(({ title }) => title.startsWith('SQL'))).toMatchObject({ severity: 'high', techniques: ['T1190'] })
  })

  it('makes nothing new of the same packets read again, whatever their flow ids are', async () => {
    const before = await settled(own.chain, 0)
    const packets = attacks(10, Date.now() - 1_200_000)
    const [once, again] = [await read(packets, 'once'), await read(packets, 'again')]
    await ship([...once, ...again])
    const ledger = await settled(own.chain, before.raw + once.length + again.length)
    expect({ linked: ledger.linked - before.linked, duplicate: ledger.duplicate - before.duplicate }).toEqual({
      ...{ linked: 20, duplicate: 20 },
    })
  })

  it('loses and doubles nothing while the broker is away', async () => {
    const before = await settled(own.chain, 0)
    const lines = await read(attacks(40, Date.now() - 300_000), 'outage')
    await ship(lines.slice(0, 40))
    await own.stack.kill(1, 'SIGKILL')
    await ship(lines.slice(40))
    await own.stack.start(1)
    const ledger = await until('ledger after the outage', () => settled(own.chain, before.raw + lines.length), 240_000)
    const alerts = lines.filter(isAlert).length
    expect(ledger.balanced).toBe(true)
    expect(ledger.linked - before.linked).toBe(alerts)
    // The shipper may send again what it had no answer for: then it is a repeat.
    expect(ledger.raw - before.raw - lines.length).toBeLessThanOrEqual(lines.length)
  })
})
