import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder, once } from '../../infra/local/artifact.ts'
import { findJavas } from '../../infra/local/java.ts'
import { freePorts } from '../../infra/local/port.ts'
import { until } from '../integration/until.ts'
import { started } from './programs.ts'

const execute = promisify(execFile)
const version = '2.19.6'
const program = fileURLToPath(new URL('OpenSearchNode.java', import.meta.url))

export type Engine = {
  readonly port: number
  index(name: string, documents: readonly object[]): Promise<void>
  stop(): Promise<void>
}

/** A real OpenSearch from its artifacts in Maven, in a new folder, on loopback, without users. */
export async function startOpenSearch(): Promise<Engine> {
  const libs = await jars()
  const java = (await findJavas(process.env)).find(({ major }) => major >= 17)
  if (java === undefined) throw new Error('there is no Java 17 on this machine: install it')
  const home = await mkdtemp(join(tmpdir(), 'vigia-opensearch-'))
  const [port = 0] = await freePorts(1)
  await writeFile(join(home, 'log4j2.properties'), 'status = error\nrootLogger.level = warn\n')
  const flags = ['-Xms512m', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-Dlog4j2.disable.jmx=true']
  const paths = [`-Dopensearch.path.conf=${home}/config`, `-Dlog4j2.configurationFile=${home}/log4j2.properties`]
  const args = [...flags, ...paths, '-cp', `${libs}/*`, program, home, String(port)]
  const node = started(java.command, args, join(home, 'node.log'), home)
  const url = `http://127.0.0.1:${port}`
  await until('OpenSearch', async () => (await fetch(url).catch(() => undefined))?.ok || undefined, 120_000)
  return {
    port,
    async index(name, documents) {
      const lines = documents.flatMap(document => [JSON.stringify({ create: {} }), JSON.stringify(document)])
      const answer = await fetch(`${url}/${name}/_bulk?refresh=true`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: `${lines.join('\n')}\n`,
      })
      const { errors } = (await answer.json()) as { errors: boolean }
      if (errors) throw new Error(`OpenSearch took not all documents of ${name}`)
    },
    async stop() {
      await node.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function jars(): Promise<string> {
  const folder = await once(join(cacheFolder(process.env), `opensearch-${version}`), async building => {
    console.log(`fetching OpenSearch ${version} (49 MB, once)`)
    await writeFile(join(building, 'pom.xml'), pom())
    const goal = ['dependency:copy-dependencies', '-DoutputDirectory=libs', '-DincludeScope=runtime']
    await execute('mvn', ['-q', '-B', ...goal], { cwd: building, maxBuffer: 16 * 1024 * 1024 })
  })
  return join(folder, 'libs')
}

/** Reindexing is what deletes by a query, as ElastAlert does; log4j-core has to be of the version of its own log4j-api. */
function pom(): string {
  const plugins = [
    'transport-netty4-client',
    'lang-painless',
    'analysis-common',
    'mapper-extras-client',
    'reindex-client',
  ]
  const wanted = [
    ['org.opensearch', 'opensearch', version],
    ...plugins.map(plugin => ['org.opensearch.plugin', plugin, version]),
    ['org.apache.logging.log4j', 'log4j-core', '2.25.4'],
  ]
  const dependencies = wanted.map(
    ([group, artifact, of]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${of}</version></dependency>`,
  )
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>vigia.local</groupId><artifactId>opensearch</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>${dependencies.join('\n')}</dependencies>
</project>
`
}
