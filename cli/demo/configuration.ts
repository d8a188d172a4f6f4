import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFakeFeed } from '../../adapters/misp/fake-feed.ts'
import type { FakeEvent } from '../../adapters/misp/fake-misp.ts'
import { shippedConfig } from '../up/defaults.ts'

/** The demo's own configuration: a feed that grows, live playbooks, a receiver that counts. */
export type DemoConfig = {
  readonly folder: string
  readonly env: Record<string, string>
  /** The feed names something that was in an alert before: the retro-match. */
  publishLate(): Promise<void>
}

const known = { uuid: '5d1f3a52-8e0b-4c8e-9a43-0f6a7c2b9d10', attribute: '5d1f3a52-8e0b-4c8e-9a43-0f6a7c2b9d11' }
const late = { uuid: '9b6c2f04-3d57-4e0a-8c11-2a7e51d0c320', attribute: '9b6c2f04-3d57-4e0a-8c11-2a7e51d0c321' }

export async function demoConfig(receiver: string): Promise<DemoConfig> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-demo-'))
  const place = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const feed = join(folder, 'feed')
  const first = event(known, 'Botnet infrastructure, November', 'ip-dst', '203.0.113.77')
  await writeFakeFeed(feed, [first])
  const blocked = place('block.txt', '# what this organisation has blocked\nevil-cdn.example\n203.0.113.66\n')
  const env = {
    ...shippedConfig(),
    VIGIA_ANALYZERS: place('analyzers.yaml', analyzers(blocked)),
    VIGIA_SOURCES: place('sources.yaml', sources),
    VIGIA_INDICATORS: place('indicators.yaml', 'sources:\n  - name: demo-feed\n    feed: feed\n'),
    VIGIA_TARGETS: place(
      'targets.yaml',
      `targets:\n  - name: soc\n    type: notify.webhook\n    url: ${receiver}\n    maxTlp: AMBER\n`,
    ),
    VIGIA_PULL_EVERY_S: '2',
  }
  const playbooks = join(folder, 'playbooks')
  mkdirSync(playbooks)
  place('playbooks/notices.yaml', notices)
  return {
    folder,
    env: { ...env, VIGIA_PLAYBOOKS: playbooks },
    async publishLate() {
      await writeFakeFeed(feed, [first, event(late, 'Malware with a fake invoice', 'sha256', lateHash)])
    },
  }
}

/** In the recording of ElastAlert2's rule on malware files. */
const lateHash = '69e72b18d7a6433225fa954bd4221f84fabfa67286ba6cc77fa4c0727a9f9837'

function event(ids: { uuid: string; attribute: string }, info: string, type: string, value: string): FakeEvent {
  const timestamp = Math.floor(Date.now() / 1000)
  const attribute = { uuid: ids.attribute, type, value, timestamp }
  return {
    uuid: ids.uuid,
    info,
    orgc: 'Demo CERT',
    tags: ['tlp:green'],
    timestamp,
    publishTimestamp: timestamp,
    published: true,
    attributes: [attribute],
  } as unknown as FakeEvent
}

/** LocalLists asks nobody; it is declared passive here so that the gate before it can be seen at work. */
function analyzers(blocked: string): string {
  return `analyzers:
  - use: MispWarninglists_1_0
    egress: none
    parallel: 2
  - use: LocalLists_1_0
    egress: passive
    maxTlp: AMBER
    parallel: 2
    config: { blocklists: [${JSON.stringify(blocked)}] }
`
}

/** The owner's ElastAlert rules send `tlp: 3` on everything; it is AMBER that they mean. */
const sources = `sources:
  owner-elastalert:
    kind: elastalert-hive
    tlp: { map: { "3": AMBER } }
`

const notices = `name: demo-notices
mode: live
rules:
  - name: indicator
    when: case.verdict == 'malicious' && !(case.severity in ['high', 'critical'])
    do:
      - action: notify.webhook
        target: soc
        text: "Case #{{case.number}} ({{case.severity}}) is malicious: {{case.title}}"
  - name: serious
    when: case.verdict == 'malicious' && case.severity in ['high', 'critical']
    do:
      - action: notify.webhook
        target: soc
        approval: required
        text: "Case #{{case.number}} ({{case.severity}}) is malicious: {{case.title}}"
`
