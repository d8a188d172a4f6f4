import { defang } from '../../../core/observable/defang.ts'
import { type Seeded, seeded } from '../../../core/observable/seeded.ts'
import { type Planted, type Values, valuesOf } from './values.ts'

/** A line of a log or of a report, and what is in it. */
export type Entry = { readonly text: string; readonly planted: readonly Planted[] }

type Plant = (type: string, value: string) => string
type Kind = (values: Values, plant: Plant, random: Seeded) => string

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'curl/8.5.0',
  'python-requests/2.31.0',
]

/** Machines' logs: most of the text. */
const logs: readonly Kind[] = [
  (v, plant, { one, below }) =>
    `<38>${one(months)} ${10 + below(18)} 10:${10 + below(50)}:07 web0${below(9)} sshd[${v.number(30_000)}]: Failed password for invalid user ${v.letters(5)} from ${plant('ip', v.ip4())} port ${v.number(60_000)} ssh2`,
  (v, plant, { one, below }) =>
    `${plant('ip', v.ip4())} - - [${10 + below(18)}/${one(months)}/2026:10:${10 + below(50)}:00 +0000] "GET ${v.path()} HTTP/1.1" 200 ${v.number(90_000)} "${below(2) === 0 ? '-' : plant('url', v.url())}" "${one(agents)}"`,
  (v, plant, { below }) =>
    JSON.stringify({
      timestamp: `2026-03-1${below(9)}T10:00:00.${100_000 + below(800_000)}+0000`,
      ...{
        flow_id: below(2 ** 31),
        in_iface: 'eth0',
        event_type: 'alert',
        src_ip: plant('ip', v.ip4()),
        src_port: below(60_000),
      },
      ...{ dest_ip: plant('ip', v.ip4()), dest_port: 443, proto: 'TCP', community_id: `1:${v.blob().slice(0, 27)}=` },
      alert: {
        action: 'allowed',
        gid: 1,
        signature_id: 2_000_000 + below(99_999),
        rev: 3,
        signature: 'ET INFO Session Traversal Utilities for NAT (STUN Binding Request)',
      },
      http: {
        hostname: plant('domain', v.host()),
        url: v.path(),
        http_user_agent: 'curl/8.5.0',
        http_method: 'GET',
        protocol: 'HTTP/1.1',
        status: 200,
        length: 4_096,
      },
    }),
  (v, plant, { one }) =>
    `${v.time()} dnsmasq[${v.number(9000)}]: ${one(['query[A]', 'query[AAAA]'])} ${plant('domain', v.host())} from ${plant('ip', one([v.ip4(), v.ip6()]))}`,
  (v, plant) =>
    `${v.time()} fw01 kernel: [${v.number(90_000)}.${v.number(900)}] DROP IN=eth0 OUT= SRC=${plant('ip', v.ip4())} DST=${plant('ip', v.ip4())} LEN=60 TOS=0x00 TTL=52 ID=${v.number(60_000)} DF PROTO=TCP SPT=${v.number(60_000)} DPT=22 WINDOW=65535`,
  (v, plant) =>
    `${v.time()} dhcpd: DHCPACK on ${plant('ip', v.ip4())} to ${plant('mac', v.mac())} (${v.letters(7)}) via eth1`,
  (v, plant) =>
    `${v.time()} postfix/smtpd[${v.number(9000)}]: NOQUEUE: reject: RCPT from unknown[${plant('ip', v.ip4())}]: 554 5.7.1 Service unavailable; from=<${plant('mail', v.mail())}> to=<${plant('mail', v.mail())}> proto=ESMTP`,
  (v, plant) =>
    `${v.time()} Sysmon EventID=1 Image=C:\\Windows\\System32\\svchost.exe Hashes=SHA1=${plant('hash', v.hex(40))},MD5=${plant('hash', v.hex(32))},SHA256=${plant('hash', v.hex(64))} User=ACME\\${v.letters(6)}`,
  (v, plant) =>
    `${v.time()} squid[${v.number(9000)}]: ${v.number(900)} ${plant('ip', v.ip4())} TCP_MISS/200 ${v.number(9000)} GET ${plant('url', v.url())} - HIER_DIRECT/${plant('ip', v.ip4())} text/html`,
]

/** Reports by people, defanged as they do it. */
const reports: readonly Kind[] = [
  (v, plant) =>
    `The loader was fetched from ${plant('url', v.url())} and then called back to ${plant('domain', v.host())} (${plant('ip', v.ip4())}).`,
  (v, plant) =>
    `Indicators: ${plant('hash', v.hash())}, ${plant('hash', v.hash())}; exploits ${plant('cve', v.cve())}. See the advisory, e.g. section 4.2.`,
  (v, plant) =>
    `Victims were told to write to ${plant('mail', v.mail())} and to pay 0.5 BTC to ${plant('btc', v.wallet())} within 72 hours.`,
  (v, plant) =>
    `Hosted in AS${plant('autonomous-system', v.system())}, also seen: "${plant('domain', v.host())}", <${plant('domain', v.host())}>.`,
  (v, plant) =>
    `ssdeep ${plant('ssdeep', v.ssdeep())} of a sample that beacons to ${plant('ip', v.ip4())}:${v.number(60_000)} every 60 s.`,
]

/** What looks like something and is nothing. */
const noise: readonly Kind[] = [
  v => `${v.time()} INFO com.example.billing.InvoiceService - Processed request ${v.uuid()} in 12.5ms (v4.2.1.0)`,
  v =>
    `java.lang.IllegalStateException: null at org.apache.kafka.clients.NetworkClient.poll(NetworkClient.java:${v.number(900)}) ~[kafka-clients-3.9.0.jar:3.9.0]`,
  v =>
    `Traceback (most recent call last): File "/srv/app/handlers/main.py", line ${v.number(900)}, in run; see README.md, setup.py and deploy.sh`,
  v => `Installed openssl-3.0.13-1.el9 kernel-5.14.0-427.13.1 libfoo.so.1.2.3 from repo.rpm at ${v.time()}`,
  v =>
    `std::vector<int>::iterator it = list.begin(); obj.value.to.string(); @Override ${v.letters(6)}@localhost x = a ? b::c : d;`,
  v =>
    `process.env.HOME=/home/${v.letters(5)} rule.id=${v.number(9000)} kibana.alert.rule.name=test agent.name=web host.name=db0${v.number(9)}`,
  () => `snmp oid 1.3.6.1.4.1.311.21.20 build 10.0.19045.3803 version 10.0.0.1 uptime 12:34:56 ratio 3.14 10%`,
  v => `token=${v.blob()} session=${v.uuid()} etag="${v.hex(16)}" trace=00-${v.hex(31)}-${v.hex(15)}-01`,
  v =>
    `The user clicked.Then nothing happened. We waited...and left at 10.30. Contact: me@ or @${v.letters(6)}. I/O done, e.g. i.e. etc.`,
  v =>
    `GET /static/js/app.${v.hex(8)}.js jquery-3.7.1.min.js style.css index.html 304 [worker.${v.number(9)}] conf.d/default.conf`,
]

const defanged = ['brackets', 'brackets', 'brackets', 'parentheses', 'words', 'half'] as const

/** A corpus of about so many bytes, the same for the same seed: seven of ten lines are logs, the rest reports and noise. */
export function corpusOf(seed: number, bytes: number): readonly Entry[] {
  const random = seeded(seed)
  const { below, one } = random
  const values = valuesOf(random)
  const entries: Entry[] = []
  for (let size = 0; size < bytes; ) {
    const draw = below(10)
    const kinds = draw < 7 ? logs : draw < 8 ? reports : noise
    const planted: Planted[] = []
    const plant: Plant = (type, value) => {
      planted.push({ type, value })
      if (kinds !== reports || below(3) === 0) return value
      return defang(value, type, one(defanged))
    }
    const text = one(kinds)(values, plant, random)
    // As bytes that were read and decoded, in one piece.
    entries.push({ text: Buffer.from(text).toString(), planted })
    size += text.length + 1
  }
  return entries
}
