import { describe, expect, it } from 'vitest'
import { breachesOf } from './walls/imports.ts'
import { mannersOf } from './walls/manners.ts'
import { graphOf, importsOf, readSources } from './walls/source.ts'

const sources = readSources()

describe('the walls of the house', () => {
  it('finds the rooms and their imports, so that it cannot pass by seeing nothing', () => {
    const graph = graphOf(sources)
    expect(graph.size).toBeGreaterThan(100)
    expect(graph.get('services/case-builder/main.ts')).toContain('runtime/run.ts')
    expect(graph.get('runtime/codec.ts')).toContain('core/errors.ts')
  })

  it('stand: every import goes downwards, none between services, none in a circle', () => {
    expect(breachesOf(graphOf(sources))).toEqual([])
  })

  it('are kept tidy: short files, names that say something, no barrels, no default exports, no vendors in runtime', () => {
    expect(mannersOf(sources)).toEqual([])
  })
})

describe('a breach is seen', () => {
  const allowed: [string, string][] = [
    ['core/tlp.ts', 'node:crypto'],
    ['core/yaml-file.ts', 'yaml'],
    ['core/tlp.ts', 'schemas/generated/types.ts'],
    ['core/tlp.test.ts', 'node:fs'],
    ['schemas/generate/tables.ts', 'core/errors.ts'],
    ['runtime/kafka/reader.ts', 'kafkajs'],
    ['test/bench/bare/loop.ts', 'kafkajs'],
    ['services/ingest/api/routes.ts', 'package.json'],
    ['services/ingest/judge.ts', 'services/ingest/rules.ts'],
    ['infra/local/find.ts', 'core/errors.ts'],
    ['cli/up/chain.ts', 'services/ingest/build.ts'],
    ['cli/up/chain.ts', 'infra/local/find.ts'],
  ]
  it.each(allowed)('not in %s importing %s', (from, to) => {
    expect(breachesOf(new Map([[from, [to]]]))).toEqual([])
  })

  const refused: [string, string, string][] = [
    ['services/responder/act.ts', 'services/ingest/judge.ts', 'services never import one another'],
    ['services/responder/act.ts', 'kafkajs', 'only runtime/kafka knows it'],
    ['runtime/memory/registry.ts', '@kafkajs/confluent-schema-registry', 'only runtime/kafka knows it'],
    ['cli/connection.ts', 'kafkajs/src/index.js', 'only runtime/kafka knows it'],
    ['test/chaos/run/chaos.ts', 'kafkajs', 'only runtime/kafka knows it'],
    ['core/tlp.ts', 'node:fs', 'core has no I/O and no other libraries'],
    ['core/tlp.ts', 'axios', 'core has no I/O and no other libraries'],
    ['core/tlp.ts', 'runtime/stage.ts', 'runtime comes after core'],
    ['core/tlp.test.ts', 'runtime/stage.ts', 'runtime comes after core'],
    ['schemas/catalogue.ts', 'core/tlp.ts', 'core comes after schemas'],
    ['schemas/generate/types.ts', 'runtime/codec.ts', 'runtime comes after schemas'],
    ['runtime/run.ts', 'adapters/http/server.ts', 'adapters comes after runtime'],
    ['adapters/http/server.ts', 'services/ingest/build.ts', 'services comes after adapters'],
    ['services/ingest/build.ts', 'cli/main.ts', 'cli comes after services'],
    ['services/ingest/build.ts', 'infra/local/port.ts', 'infra is for cli and test only'],
    ['infra/local/find.ts', 'runtime/log.ts', 'infra stands on nothing above core'],
    ['services/ingest/build.ts', 'test/setup/brokers.ts', 'test is for tests only'],
    ['adapters/misp/feed.ts', 'adapters/misp/indicator-source.contract.ts', 'tests are for tests only'],
  ]
  it.each(refused)('in %s importing %s', (from, to, why) => {
    expect(breachesOf(new Map([[from, [to]]]))).toEqual([`${from} imports ${to}: ${why}`])
  })

  it('in a circle, which is told once and whole', () => {
    const graph = new Map([
      ['core/a.ts', ['core/b.ts']],
      ['core/b.ts', ['core/c.ts']],
      ['core/c.ts', ['core/b.ts']],
      ['core/d.ts', ['core/c.ts']],
    ])
    expect(breachesOf(graph)).toEqual(['cycle: core/b.ts -> core/c.ts -> core/b.ts'])
  })

  it.each([
    ["import { a } from '../b.ts'", '../b.ts'],
    ["import type { A } from './types.ts'", './types.ts'],
    ["import a, {\n  b,\n  type C,\n} from 'kafkajs'", 'kafkajs'],
    ["import './load.ts'", './load.ts'],
    ["export { a } from './a.ts'", './a.ts'],
    ["export type { A } from './a.ts'", './a.ts'],
    ["const a = await import('./a.ts')", './a.ts'],
    ["type A = import('./a.ts').A", './a.ts'],
    ["const a = require('avsc/lib/types')", 'avsc/lib/types'],
  ])('however the import is written: %s', (text, name) => {
    expect(importsOf(text)).toEqual([name])
  })

  it.each([["// import { a } from './a.ts'"], [" * as in import('./a.ts')"], ["const text = 'taken from here'"]])(
    'but not in what only looks like one: %s',
    text => {
      expect(importsOf(text)).toEqual([])
    },
  )

  it('through the scanner too: an import of a type, written relative to its file', () => {
    const broken = new Map([['services/responder/act.ts', "import type { Judged } from '../ingest/judge.ts'\n"]])
    expect(breachesOf(graphOf(broken))).toEqual([
      'services/responder/act.ts imports services/ingest/judge.ts: services never import one another',
    ])
  })
})

describe('bad manners are seen', () => {
  const line = 'const a = 1\n'
  it.each([
    ['core/long.ts', line.repeat(400), 'core/long.ts: 400 lines, at most 399'],
    ['core/utils/tlp.ts', line, 'core/utils/tlp.ts: "utils" says nothing of what is in it'],
    ['test/test-helpers.ts', line, 'test/test-helpers.ts: "helpers" says nothing of what is in it'],
    ['core/index.ts', "export * from './tlp.ts'\n", 'core/index.ts: export * hides what a file gives'],
    ['core/tlp.ts', 'export default 1\n', 'core/tlp.ts: a default export has no name'],
    ['runtime/run.ts', '// as MISP does\n', 'runtime/run.ts: "MISP" is a vendor\'s name, and runtime knows none'],
  ])('in %s', (file, text, problem) => {
    expect(mannersOf(new Map([[file, text]]))).toEqual([problem])
  })

  it.each([
    ['core/short.ts', line.repeat(399)],
    ['schemas/generated/types.ts', line.repeat(900)],
    ['vitest.config.ts', 'export default 1\n'],
    ['adapters/misp/feed.ts', '// as MISP does\n'],
  ])('but not in %s', (file, text) => {
    expect(mannersOf(new Map([[file, text]]))).toEqual([])
  })
})
