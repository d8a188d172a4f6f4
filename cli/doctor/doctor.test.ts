import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codecFor } from '../../runtime/codec.ts'
import type { Log } from '../../runtime/log.ts'
import { memoryCluster } from '../../runtime/memory/cluster.ts'
import { memoryLog } from '../../runtime/memory/memory-log.ts'
import { memoryRegistry } from '../../runtime/memory/registry.ts'
import type { Registry } from '../../runtime/registry.ts'
import { topicSpecs } from '../../runtime/topic-specs.ts'
import { allTopics } from '../../schemas/catalogue.ts'
import type { Topic } from '../../schemas/topic.ts'
import { createKey, keysOf } from '../../services/ingest/api/keys.ts'
import { serveApi } from '../../services/ingest/api/serve.ts'
import { examine, type Patient } from './examine.ts'
import { findingText } from './finding.ts'
import { httpProbe, missingSchemas, reachTcp, statusOf } from './probes.ts'

const prefix = 'd.'
const analyst = createKey('ana', 'acme', 'analyst')
const sender = createKey('elastalert', 'acme', 'send')
let api: Awaited<ReturnType<ReturnType<typeof serveApi>>>
let closedPort = 0

beforeAll(async () => {
  const never = () => Promise.reject(new Error('nothing is to be written'))
  api = await serveApi({
    ...{ host: '127.0.0.1', port: 0, sealSecret: 'a secret for tests', clock: () => 0 },
    ...{ keys: () => keysOf(`${analyst.line}\n${sender.line}`), domainFor: tenant => tenant },
    partsOf: () => [],
    sourceFor: (_body, source) => ({ name: source, byTheHive: false }),
  })({ raw: never, event: never })
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closedPort = (server.address() as AddressInfo).port
  await new Promise(resolve => server.close(resolve))
})
afterAll(() => api.close())

async function logWith(topics: readonly Topic[], partitions?: number): Promise<Log> {
  const log = memoryLog(memoryCluster({ seed: 1 }))
  await log.createTopics(topicSpecs(topics, { prefix, ...(partitions === undefined ? {} : { partitions }) }))
  return log
}

async function registryWith(topics: readonly Topic[]): Promise<Registry> {
  const registry = memoryRegistry()
  await codecFor({ registry, topics, prefix, clock: Date.now, schemas: 'register' })
  return registry
}

/** All is well but for what a test changes; brokers are reached by the API's port, which something does listen on. */
async function patient(changed: Partial<Patient> = {}): Promise<Patient> {
  const log = await logWith(allTopics)
  const registry = await registryWith(allTopics)
  const well = { said: ['well'], problems: [], service: 'ingest' as const }
  return {
    nodeVersion: '24.0.0',
    settingProblems: [],
    address: { prefix, brokers: host(), registry: 'http://registry', api: api.address, key: analyst.key },
    ...{ reachBroker: reachTcp, statusOf: async () => 200, api: httpProbe },
    ...{ log: () => log, registry: () => registry },
    missingSchemas: each => missingSchemas(each, allTopics, prefix),
    loadFiles: async () => [['analyzers file', well]],
    ...changed,
  }
}

function host(): string {
  return api.address.replace('http://', '')
}

async function wrongLines(changed: Partial<Patient>): Promise<readonly string[]> {
  return (await examine(await patient(changed))).filter(each => !each.ok).map(findingText)
}

const address = () => ({ prefix, brokers: host(), registry: 'http://registry', api: api.address, key: analyst.key })
const closed = () => `127.0.0.1:${closedPort}`

describe('doctor', () => {
  it('says ok to everything where nothing is wrong', async () => {
    const findings = await examine(await patient())
    expect(findings.filter(each => !each.ok)).toEqual([])
    expect(findings).toHaveLength(9)
  })
})

describe('doctor-names-the-mend', () => {
  it.each([
    ['an old Node', async () => ({ nodeVersion: '20.1.0' }), ['Node 20.1.0', 'Node 24 or later']],
    [
      'a typo in the settings',
      async () => ({ settingProblems: ['VIGIA_KAFKA_BROKER: no such setting'] }),
      ['VIGIA_KAFKA_BROKER: no such setting', 'Mend every setting'],
    ],
    [
      'no registry at a closed port',
      async () => ({ address: { ...address(), registry: `http://${closed()}` }, statusOf }),
      ['no registry answers at http://127.0.0.1', 'ECONNREFUSED', 'VIGIA_REGISTRY_URL', 'mend the registry first'],
    ],
    [
      'a registry that is none',
      async () => ({ statusOf: async () => 404 }),
      ['answers 404 where 200 was expected', 'VIGIA_REGISTRY_URL'],
    ],
    [
      'a registry that wants a login',
      async () => ({ statusOf: async () => 401 }),
      ['refuses our login (401)', 'VIGIA_REGISTRY_*'],
    ],
    [
      'a missing topic',
      async () => {
        const log = await logWith(allTopics.filter(each => each.name !== 'cases'))
        return { log: () => log }
      },
      ['topic d.cases is missing', 'vigia topic apply'],
    ],
    [
      'another number of partitions',
      async () => {
        const log = await logWith(allTopics, 2)
        return { log: () => log }
      },
      ['topic d.alerts: partitions is 2, the catalogue says 6', 'use a new prefix'],
    ],
    [
      'a schema that is not registered',
      async () => {
        const registry = await registryWith(allTopics.filter(each => each.name !== 'cases'))
        return { registry: () => registry }
      },
      ['schema d.cases-value is not registered', 'vigia schema apply'],
    ],
    [
      'no API at a closed port',
      async () => ({ address: { ...address(), api: `http://${closed()}` } }),
      ['no API answers at http://127.0.0.1', 'ECONNREFUSED', 'VIGIA_API_PORT'],
    ],
    [
      'a wrong key',
      async () => ({ address: { ...address(), key: 'vgk_of-somebody-else' } }),
      ['the API does not know it', 'vigia key create'],
    ],
    [
      'a broken file',
      async () => {
        const problems = ['analyzers.yaml:3: unknown key']
        return {
          loadFiles: async () => [['analyzers file', { service: 'ingest' as const, said: [], problems }]] as const,
        }
      },
      ['analyzers file: analyzers.yaml:3: unknown key', 'at the line that the message names'],
    ],
  ])('%s', async (_what, changed, says) => {
    const lines = (await wrongLines(await changed())).join('\n')
    for (const each of says) expect(lines).toContain(each)
  })

  it('no broker at a closed port, and goes on with what does not hang on it', async () => {
    const findings = await examine(await patient({ address: { ...address(), brokers: `${closed()},${host()}` } }))
    const lines = findings.map(findingText).join('\n')
    expect(lines).toContain(`no broker answers at ${closed()}: ECONNREFUSED`)
    expect(lines).toContain('`vigia up` starts one')
    expect(lines).toContain(`ok     broker ${host()} answers`)
    expect(lines).toContain('ok     topics')
  })

  it('what cannot be looked at, where no broker answers at all', async () => {
    const lines = (await wrongLines({ address: { ...address(), brokers: closed() } })).join('\n')
    expect(lines).toContain('topics: cannot be looked at')
    expect(lines).toContain('mend the brokers first')
  })

  it('every address that is not given', async () => {
    const lines = await wrongLines({ address: { prefix } })
    expect(lines.filter(line => line.includes('no address is given'))).toHaveLength(3)
  })

  it('nothing of a key that may only send', async () => {
    expect(await wrongLines({ address: { ...address(), key: sender.key } })).toEqual([])
  })

  it('never the key itself', async () => {
    const lines = (await examine(await patient({ address: { ...address(), key: 'vgk_secret' } }))).map(findingText)
    expect(lines.join('\n')).not.toContain('vgk_secret')
  })
})
