import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertsFrom, settled } from '../clients/accounts.ts'
import { elastalertConfig, hiveRule, postRule, scannerDocuments } from '../clients/elastalert-rules.ts'
import { type Python, pythonWith } from '../clients/python.ts'
import { type Folder, folderWith } from '../integration/folder.ts'
import { until } from '../integration/until.ts'
import { chainOfItsOwn, type OwnChain } from './chain-of-its-own.ts'
import { type Engine, startOpenSearch } from './opensearch.ts'
import { type Program, started } from './programs.ts'

const sources = ['elastalert-hive', 'elastalert-post'] as const

describe('ElastAlert2 over a real OpenSearch', () => {
  let own: OwnChain
  let engine: Engine
  let folder: Folder
  let python: Python
  let elastalert: Program

  beforeAll(async () => {
    python = await pythonWith(['elastalert2==2.31.0', 'setuptools<81'], [3, 12])
    engine = await startOpenSearch()
    own = await chainOfItsOwn()
    const { api, key } = own.chain
    folder = await folderWith(() => ({
      'config.yaml': elastalertConfig(engine.port),
      'rules/hive.yaml': hiveRule({ api, key }),
      'rules/post.yaml': postRule({ api, key }),
    }))
    const create = ['-m', 'elastalert.create_index', '--config', 'config.yaml', '--index', 'elastalert_status']
    await python.run(create, { cwd: folder.path })
    elastalert = start()
  })
  afterAll(async () => {
    await elastalert?.stop()
    await own?.stop()
    await engine?.stop()
    await folder?.remove()
  })

  function start(): Program {
    const args = ['-m', 'elastalert.elastalert', '--config', 'config.yaml', '--verbose']
    return started(python.binary, args, join(folder.path, 'elastalert.log'), folder.path)
  }
  const realOf = async (source: string, run: string) =>
    new Set(
      (await alertsFrom(own.chain, source)).flatMap(({ title, observables, fingerprint }) =>
        `${title} ${observables.map(({ value }) => value).join(' ')}`.includes(`${run}-`) ? [fingerprint] : [],
      ),
    ).size
  /** Each match of both rules has come; then nothing is pending any more. */
  const arrived = (count: number, run: string) =>
    until(
      `${count} alerts of each rule`,
      async () => {
        const found = await Promise.all(sources.map(source => realOf(source, run)))
        return found.every(each => each >= count) ? settled(own.chain, 0) : undefined
      },
      300_000,
    )

  it('makes n alerts of n matches', async () => {
    await engine.index('logs-av', scannerDocuments(10, 'aa', Date.now() - 1000))
    const ledger = await arrived(10, 'aa')
    expect(await Promise.all(sources.map(source => realOf(source, 'aa')))).toEqual([10, 10])
    expect(ledger).toMatchObject({ linked: 20, balanced: true })
  })

  it('loses and doubles nothing where the broker goes away in the middle of a rule run', async () => {
    const before = await settled(own.chain, 0)
    await engine.index('logs-av', scannerDocuments(30, 'bb', Date.now() - 1000))
    await until(
      'first alerts',
      async () => ((await realOf('elastalert-hive', 'bb')) > 0 ? true : undefined),
      60_000,
      20,
    )
    await own.stack.kill(1, 'SIGKILL')
    await sleep(12_000)
    await own.stack.start(1)
    const ledger = await arrived(30, 'bb')
    expect(await Promise.all(sources.map(source => realOf(source, 'bb')))).toEqual([30, 30])
    expect(ledger).toMatchObject({ linked: before.linked + 60, balanced: true })
  })

  it('loses and doubles nothing where ElastAlert2 is killed and started again', async () => {
    const before = await settled(own.chain, 0)
    // Started again it goes on from the end of its last run: what is older than that and came late is lost, by ElastAlert2 itself.
    await engine.index('logs-av', scannerDocuments(20, 'cc', Date.now() + 4000))
    await until(
      'first alerts',
      async () => ((await realOf('elastalert-hive', 'cc')) > 0 ? true : undefined),
      60_000,
      20,
    )
    await elastalert.stop('SIGKILL')
    elastalert = start()
    const ledger = await arrived(20, 'cc')
    expect(await Promise.all(sources.map(source => realOf(source, 'cc')))).toEqual([20, 20])
    expect(ledger).toMatchObject({ linked: before.linked + 40, balanced: true })
  })
})
