import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf, VigiaError } from '../../core/errors.ts'

export const versions = { kafka: '4.3.1', apicurio: '3.3.3', slf4j: '1.7.36' } as const

type Log = (line: string) => void
const execute = promisify(execFile)

/** Where fetched artifacts lie: VIGIA_CACHE as it is, else `vigia` in XDG_CACHE_HOME or `~/.cache`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.VIGIA_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vigia')
}

/** The folder of the jars of Kafka's broker, fetched once by Maven. */
export function kafkaJars(version: string, env: NodeJS.ProcessEnv, log: Log, mvn = 'mvn'): Promise<string> {
  return jarsOf(
    { folder: 'kafka', artifact: 'kafka_2.13', version, say: `Kafka ${version} (44 MB, once)` },
    env,
    log,
    mvn,
  )
}

/** The folder of the jars of Kafka's tools, such as its console consumer; the broker's own jars lack them. */
export function kafkaToolsJars(version: string, env: NodeJS.ProcessEnv, log: Log): Promise<string> {
  const say = `Kafka's tools ${version} (43 MB, once)`
  return jarsOf({ folder: 'kafka-tools', artifact: 'kafka-tools', version, say }, env, log)
}

/** The folder of the jars of Kafka Streams. */
export function kafkaStreamsJars(version: string, env: NodeJS.ProcessEnv, log: Log): Promise<string> {
  const say = `Kafka Streams ${version} (94 MB, once)`
  return jarsOf({ folder: 'kafka-streams', artifact: 'kafka-streams', version, say }, env, log)
}

type Wanted = { readonly folder: string; readonly artifact: string; readonly version: string; readonly say: string }

/** An artifact of Kafka with all that it needs at run time. */
async function jarsOf(wanted: Wanted, env: NodeJS.ProcessEnv, log: Log, mvn = 'mvn'): Promise<string> {
  const folder = await once(join(cacheFolder(env), `${wanted.folder}-${wanted.version}`), async building => {
    log(`fetching ${wanted.say}`)
    await writeFile(join(building, 'pom.xml'), pom(wanted.artifact, wanted.version))
    const goal = ['dependency:copy-dependencies', '-DoutputDirectory=libs', '-DincludeScope=runtime']
    await maven(mvn, building, goal)
  })
  return join(folder, 'libs')
}

/** The folder that holds Apicurio's `quarkus-run.jar`, fetched once by Maven. */
export function apicurioFolder(env: NodeJS.ProcessEnv, log: Log): Promise<string> {
  const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${versions.apicurio}:tar.gz:all`
  return once(join(cacheFolder(env), `apicurio-registry-app-${versions.apicurio}`), async building => {
    log(`fetching Apicurio Registry ${versions.apicurio} (158 MB, once)`)
    await maven('mvn', building, ['dependency:get', artifact, '-Dtransitive=false'])
    await maven('mvn', building, ['dependency:copy', artifact, '-DoutputDirectory=.'])
    const archive = `apicurio-registry-app-${versions.apicurio}-all.tar.gz`
    await execute('tar', ['xzf', archive], { cwd: building })
    await rm(join(building, archive))
  })
}

/**
 * The folder `target`, built by `build` where it is not there yet. Building happens beside it and ends in one rename, so
 * that a folder that exists is whole; of two processes that build at once the second throws its own away.
 */
export async function once(target: string, build: (folder: string) => Promise<void>): Promise<string> {
  if (await exists(target)) return target
  await mkdir(join(target, '..'), { recursive: true })
  const building = await mkdtemp(`${target}.building-`)
  try {
    await build(building)
    await rename(building, target).catch(async error => {
      if (!(await exists(target))) throw error
    })
    return target
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

async function maven(mvn: string, cwd: string, args: string[]): Promise<void> {
  try {
    await execute(mvn, ['-q', '-B', ...args], { cwd, maxBuffer: 16 * 1024 * 1024 })
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
    // The first error is the cause; what follows is advice on Maven's switches.
    const said = /\[ERROR\] (.+)/.exec(output)?.[1]
    throw new VigiaError(
      'VIG_BROKER_ABSENT',
      absent
        ? 'install Maven (`mvn`): it fetches the broker and the registry, once'
        : `Maven could not fetch what is needed: ${said ?? messageOf(error)}`,
      {},
      { cause: error },
    )
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

function pom(artifact: string, version: string): string {
  const dependency = (group: string, artifact: string, of: string) =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${of}</version></dependency>`
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>vigia.local</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', artifact, version)}
    ${dependency('org.slf4j', 'slf4j-simple', versions.slf4j)}
  </dependencies>
</project>
`
}
