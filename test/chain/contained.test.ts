import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type SettingName, type Settings, settings } from '../../core/settings.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import type { RunningService } from '../../runtime/engine/running-service.ts'
import { topics } from '../../schemas/catalogue.ts'
import { buildDispatcher } from '../../services/analyzer-dispatcher/build.ts'
import { caseBuilder } from '../../services/case-builder/topology.ts'
import { ingestRulesOf } from '../../services/ingest/rules.ts'
import { ingest } from '../../services/ingest/topology.ts'
import { type Folder, folderWith } from '../integration/folder.ts'
import { stubNeuron } from '../integration/stub-neuron.ts'
import { until } from '../integration/until.ts'
import { embeddedChain } from './embedded-chain.ts'

/** Two neurons with a way out, run as real processes; each writes down the values that it was started with. */
const analyzers = `analyzers:
  - { use: Passive_1_0, egress: passive }
  - { use: Active_1_0, egress: active }
`
const started = ['Passive_1_0', 'Active_1_0']

type Sent = { readonly ip: string; readonly tlp: number }

let folder: Folder | undefined
let services: RunningService[] = []
afterEach(async () => {
  await Promise.all(services.map(each => each.drain()))
  services = []
  await folder?.remove()
})

/** What became of the alerts: refusals, and which values a process was started for. The last alert is the one that may leave. */
async function outcomesOf(alerts: readonly Sent[]) {
  const files = await folderWith(path => ({
    ...stubNeuron(`${path}/starts-passive`, 'Passive'),
    ...stubNeuron(`${path}/starts-active`, 'Active'),
    'analyzers.yaml': analyzers,
  }))
  folder = files
  const given = {
    ...{ VIGIA_KAFKA_BROKERS: 'embedded', VIGIA_REGISTRY_URL: 'http://embedded' },
    ...{ VIGIA_ANALYZERS: `${files.path}/analyzers.yaml`, VIGIA_NEURONS: `${files.path}/neurons` },
  }
  const chain = await embeddedChain()
  services = [
    await chain.start(ingest(ingestRulesOf({ ownNetworks: ['192.0.2.0/24'] }))),
    await chain.start(caseBuilder()),
    await chain.start(
      await buildDispatcher(readSettings(given, Object.keys(settings) as SettingName[]) as Settings, () => {}),
    ),
  ]
  // PAP:GREEN, so that it is never the reason.
  await chain.send(
    ...alerts.map(({ ip, tlp }, n) => ({
      ...{ type: 'siem', source: 'probe', sourceRef: `r-${n}`, title: `alert ${n}`, description: 'd', tlp, pap: 1 },
      artifacts: [{ dataType: 'ip', data: ip, tags: ['src'] }],
    })),
  )
  const results = await until('result for each value and analyzer', async () => {
    const all = await chain.all(topics.analysisResults)
    return all.length >= alerts.length * started.length ? all : undefined
  })
  expect(results.filter(each => each.kind === 'failure')).toEqual([])
  const starts = async (name: string) => (await readFile(`${files.path}/${name}`, 'utf8')).trim().split('\n')
  return {
    refused: results.flatMap(each =>
      each.kind === 'refusal' ? [[each.refusal.analyzer, each.refusal.value, each.refusal.reason]] : [],
    ),
    reported: results.flatMap(each => (each.kind === 'report' ? [[each.report.analyzer, each.report.value]] : [])),
    jobs: (await chain.all(topics.analysisJobs)).flatMap(each => (each.kind === 'job' ? [each.job.value] : [])),
    starts: { passive: await starts('starts-passive'), active: await starts('starts-active') },
  }
}

const open = { ip: '198.51.100.9', tlp: 1 }
const leaves = {
  reported: expect.arrayContaining(started.map(analyzer => [analyzer, open.ip])),
  jobs: [open.ip, open.ip],
  starts: { passive: [open.ip], active: [open.ip] },
}

describe('tlp-never-starts-a-process', () => {
  it('RED and AMBER are refused on analysis.results and no process starts; GREEN starts one of each', async () => {
    const outcomes = await outcomesOf([{ ip: '203.0.113.7', tlp: 3 }, { ip: '203.0.113.8', tlp: 2 }, open])
    expect(outcomes).toMatchObject(leaves)
    expect(outcomes.refused.sort()).toEqual(
      started.flatMap(analyzer => ['203.0.113.7', '203.0.113.8'].map(ip => [analyzer, ip, 'tlp'])).sort(),
    )
  })
})

describe('private-address-never-leaves', () => {
  it('private, loopback, reserved and own addresses are refused and no process starts; a public one starts one of each', async () => {
    const inside = [
      '10.0.0.5',
      '172.16.3.4',
      '192.168.1.1',
      '100.64.0.1',
      '127.0.0.1',
      '240.0.0.1',
      'fe80::1',
      'fc00::7',
    ]
    const own = ['192.0.2.10']
    const outcomes = await outcomesOf([...[...inside, ...own].map(ip => ({ ip, tlp: 1 })), open])
    expect(outcomes).toMatchObject(leaves)
    const reasons = [...inside.map(ip => [ip, 'private']), ...own.map(ip => [ip, 'own'])]
    expect(outcomes.refused.sort()).toEqual(
      started.flatMap(analyzer => reasons.map(([ip, reason]) => [analyzer, ip, reason])).sort(),
    )
  })
})
