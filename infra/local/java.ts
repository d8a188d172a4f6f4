import { execFile } from 'node:child_process'
import { readdir, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { VigiaError } from '../../core/errors.ts'

/** A Java that answered `java -version`. */
export type Java = { readonly command: string; readonly major: number }

/** What each part of the stack needs; Apicurio 3.3 is compiled to class files of Java 21. */
const javaFor = { broker: 17, registry: 21 } as const

const foldersOfJvms = [
  ['/usr/lib/jvm', 'bin/java'],
  ['/usr/local/lib/jvm', 'bin/java'],
  ['/opt/java', 'bin/java'],
  ['/Library/Java/JavaVirtualMachines', 'Contents/Home/bin/java'],
  [join(homedir(), '.sdkman/candidates/java'), 'bin/java'],
] as const

/** The major version in what `java -version` prints: `"17.0.15"` is 17, `"1.8.0_292"` is 8, `"25-ea"` is 25. */
export function majorVersion(printed: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(printed)
  return found ? Number(found[1]) : undefined
}

/** The first Java of at least `minimum`, in the order they were found: JAVA_HOME, PATH, the usual folders. */
function pickJava(javas: readonly Java[], minimum: number): Java | undefined {
  return javas.find(java => java.major >= minimum)
}

/** Every Java of this machine, each asked for its version; what does not answer is left out. */
export async function findJavas(env: NodeJS.ProcessEnv): Promise<Java[]> {
  const commands = new Set<string>()
  for (const path of await candidates(env)) {
    const real = await realpath(path).catch(() => undefined)
    if (real) commands.add(real)
  }
  const asked = await Promise.all([...commands].map(ask))
  return asked.filter(java => java !== undefined)
}

/** The Javas for broker and registry, or VIG_BROKER_ABSENT with what was found and what to install. */
export function javasForStack(javas: readonly Java[], registry: boolean): { broker: Java; registry: Java | undefined } {
  const forBroker = pickJava(javas, javaFor.broker)
  const forRegistry = pickJava(javas, javaFor.registry)
  if (forBroker && (forRegistry || !registry)) return { broker: forBroker, registry: forRegistry }
  const found = javas.length === 0 ? 'none' : javas.map(java => `${java.major} at ${java.command}`).join(', ')
  const needed = registry ? javaFor.registry : javaFor.broker
  throw new VigiaError(
    'VIG_BROKER_ABSENT',
    `install Java ${needed} or later: the broker needs ${javaFor.broker}${
      registry ? ` and the registry ${javaFor.registry}` : ''
    }. Looked in JAVA_HOME, PATH and the usual folders of JVMs; found: ${found}`,
  )
}

async function candidates(env: NodeJS.ProcessEnv): Promise<string[]> {
  const paths = env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin/java')] : []
  for (const folder of (env.PATH ?? '').split(delimiter)) if (folder) paths.push(join(folder, 'java'))
  for (const [folder, inside] of foldersOfJvms) {
    const names = await readdir(folder).catch(() => [])
    for (const name of names.sort()) paths.push(join(folder, name, inside))
  }
  return paths
}

function ask(command: string): Promise<Java | undefined> {
  return new Promise(resolve => {
    execFile(command, ['-version'], { timeout: 10_000 }, (error, stdout, stderr) => {
      const major = error ? undefined : majorVersion(stderr + stdout)
      resolve(major === undefined ? undefined : { command, major })
    })
  })
}
