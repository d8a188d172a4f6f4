import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFakeFeed } from '../../../adapters/misp/fake-feed.ts'
import type { ServiceName } from '../../../cli/up/chain.ts'
import { createKey } from '../../../services/ingest/api/keys.ts'
import { writeFiles } from '../../integration/folder.ts'
import type { Configured, ConfiguredRule } from '../checks/effects.ts'
import { addressCount, addressOf, tenants } from '../source/alerts.ts'

/** What the five services are configured with, beside brokers, registry and prefix. */
export type ServiceSettings = {
  /** Seals what the source says of a tenant, as the API does. */
  readonly seal: string
  /** A key for each tenant, which may command. */
  readonly keys: ReadonlyMap<string, string>
  /** What must follow of it. */
  readonly configured: Configured
  of(service: ServiceName): Readonly<Record<string, string>>
}

const playbook = `name: notices
mode: live
rules:
  - name: tell
    when: case.verdict == 'malicious' && case.severity != 'critical'
    do: [{ action: notify.webhook, target: soc }]
  - name: ask
    when: case.verdict == 'malicious' && case.severity == 'critical'
    do: [{ action: notify.webhook, target: lead, approval: required }]
`

/** The same in plain words, for the check that counts what came of it. */
const rules: readonly ConfiguredRule[] = [
  { name: 'tell', holds: about => about.verdict === 'malicious' && about.severity !== 'critical' },
  { name: 'ask', holds: about => about.verdict === 'malicious' && about.severity === 'critical' },
]

/** A neuron without a runtime of its own, so that an analysis costs little: what ends in 0 or 5 is malicious. */
const judge = `#!/bin/sh
value=$(sed -n 's/.*"data": *"\\([^"]*\\)".*/\\1/p' "$1/input/input.json")
case "$value" in *[05]) level=malicious ;; *) level=info ;; esac
printf '{"success":true,"summary":{"taxonomies":[{"level":"%s","namespace":"Judge","predicate":"Says","value":"%s"}]},' "$level" "$level" > "$1/output/output.json"
printf '"artifacts":[],"operations":[],"full":{"seen":"%s"}}' "$value" >> "$1/output/output.json"
`

const analyzers = [{ id: 'Judge_1_0', types: ['ip'] }]

const judgeDefinition = {
  ...{ name: 'Judge', version: '1.0', author: 'a test', url: '', license: 'Apache-2.0', description: 'judges' },
  ...{ dataTypeList: ['ip'], command: 'Judge/judge.sh', config: { service: 'look' } },
}

const secret = 'a seal for chaos alone, on loopback'

/** Writes the files of analyzers, feed, targets and playbooks into `folder`. */
export async function serviceSettings(folder: string, webhook: string): Promise<ServiceSettings> {
  await writeFiles(folder, {
    'neurons/Judge/judge.json': JSON.stringify(judgeDefinition),
    'neurons/Judge/judge.sh': judge,
    'analyzers.yaml': 'analyzers: [{ use: Judge_1_0, egress: none, parallel: 4 }]\n',
    'indicators.yaml': 'sources: [{ name: feed, feed: ./feed }]\n',
    'targets.yaml': `targets:
  - { name: soc, type: notify.webhook, url: "${webhook}/soc" }
  - { name: lead, type: notify.webhook, url: "${webhook}/lead" }
`,
    'playbooks/notices.yaml': playbook,
  })
  await mkdir(join(folder, 'jobs'), { recursive: true })
  const now = Math.floor(Date.now() / 1000)
  const attributes = everyTwentieth().map(number => ({
    uuid: `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`,
    value: addressOf(number),
  }))
  await writeFakeFeed(join(folder, 'feed'), [
    {
      ...{ uuid: '00000000-0000-4000-8000-000000000001', info: 'chaos', orgc: 'a test' },
      ...{ timestamp: now, publishTimestamp: now, published: true },
      attributes: attributes.map(each => ({ ...each, type: 'ip-src', timestamp: now, to_ids: true })),
    },
  ])
  const made = tenants.map(tenant => ({ tenant, ...createKey(`chaos-${tenant}`, tenant, 'admin') }))
  const own: Readonly<Record<ServiceName, Readonly<Record<string, string>>>> = {
    ingest: { VIGIA_SEAL_SECRET: secret, VIGIA_API_KEYS: made.map(each => each.line).join('\n') },
    'case-builder': {},
    'analyzer-dispatcher': {
      VIGIA_ANALYZERS: join(folder, 'analyzers.yaml'),
      VIGIA_NEURONS: join(folder, 'neurons'),
    },
    'misp-sync': { VIGIA_INDICATORS: join(folder, 'indicators.yaml'), VIGIA_PULL_EVERY_S: '2' },
    responder: { VIGIA_TARGETS: join(folder, 'targets.yaml'), VIGIA_PLAYBOOKS: join(folder, 'playbooks') },
  }
  return {
    seal: secret,
    keys: new Map(made.map(each => [each.tenant, each.key])),
    configured: { analyzers, rules, feed: new Map(attributes.map(({ uuid, value }) => [uuid, `ip|${value}`])) },
    of: service => own[service],
  }
}

function everyTwentieth(): readonly number[] {
  return Array.from({ length: Math.floor(addressCount / 20) }, (_, index) => index * 20)
}
