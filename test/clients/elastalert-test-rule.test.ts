import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, folderWith, writeFiles } from '../integration/folder.ts'
import { type RealChain, startRealChain } from '../integration/real-chain.ts'
import { alertsFrom, settled } from './accounts.ts'
import { elastalertConfig, hiveRule, post2Rule, postRule, scannerDocuments } from './elastalert-rules.ts'
import { type Python, pythonWith } from './python.ts'

const documents = 4
const minutes = 60_000

describe('ElastAlert2 against the intake, by its elastalert-test-rule', () => {
  let chain: RealChain
  let folder: Folder
  let python: Python

  beforeAll(async () => {
    python = await pythonWith(['elastalert2==2.31.0', 'setuptools<81'], [3, 12])
    folder = await folderWith(() => ({}))
    chain = await startRealChain({})
  }, 8 * minutes)
  afterAll(async () => {
    await chain?.stop()
    await folder?.remove()
  })

  async function testRule(rule: string, file: string): Promise<void> {
    const args = ['--config', 'config.yaml', '--data', 'documents.json', '--alert', join('rules', `${rule}.yaml`)]
    await writeFiles(folder.path, { [`rules/${rule}.yaml`]: file })
    await python.run(['-m', 'elastalert.test_rule', ...args], { cwd: folder.path, timeoutMs: 2 * minutes })
  }

  it.each([
    ['elastalert-hive', hiveRule],
    ['elastalert-post', postRule],
    ['elastalert-post2', post2Rule],
  ] as const)(
    'makes %s one alert of each match, however often a match is sent',
    async (source, rule) => {
      const matches = scannerDocuments(documents, source.replaceAll(/[^a-f]/g, ''), Date.now() - 60_000)
      const withIds = matches.map((match, number) => ({ ...match, _id: `d${number}`, _index: 'logs-av.alert-default' }))
      await writeFiles(folder.path, {
        'config.yaml': elastalertConfig(9),
        'documents.json': JSON.stringify(withIds),
      })
      const before = await settled(chain, 0)
      const text = rule({ api: chain.api, key: chain.key })
      await testRule(source, text)
      await testRule(source, text)
      const ledger = await settled(chain, before.raw + 2 * documents)
      const alerts = await alertsFrom(chain, source)
      expect(alerts).toHaveLength(2 * documents)
      expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(documents)
      expect(ledger).toMatchObject({
        ...{ linked: before.linked + documents, duplicate: before.duplicate + documents, balanced: true },
      })
      expect(new Set(alerts.map(({ severity }) => severity))).toEqual(
        new Set([source.endsWith('2') ? 'critical' : 'high']),
      )
      for (const { sha256 } of matches.map(({ file }) => file.hash)) {
        expect(alerts.flatMap(({ observables }) => observables.map(({ value }) => value))).toContain(sha256)
      }
    },
    4 * minutes,
  )
})
