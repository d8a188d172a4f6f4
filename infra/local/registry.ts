import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jvmFlags } from './broker.ts'
import { propertiesText } from './properties.ts'

/** How clients reach the registry; absent: everybody, over HTTP. */
export type RegistryAccess = {
  /** The one user, who must then log in (HTTP Basic). Letters, digits, `-` and `_` only. */
  readonly user?: { readonly name: string; readonly password: string }
  /** PEM files. The registry's URL is then HTTPS; the HTTP port stays open to see whether it has started. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string }
}

/** One Apicurio registry on 127.0.0.1, its schemas in an H2 file in its folder. */
export type Registry = {
  readonly app: string
  readonly folder: string
  readonly port: number
  readonly tlsPort: number
  readonly managementPort: number
  readonly access: RegistryAccess
}

export const registryLog = (folder: string): string => join(folder, 'registry.log')
const propertiesFile = (folder: string): string => join(folder, 'registry.properties')

/** The base of the Confluent API, which is what registry clients take as their host. */
export const registryUrl = (host: string, port: number, scheme = 'http'): string =>
  `${scheme}://${host}:${port}/apis/ccompat/v7`

export function registryArguments({ app, folder, port, managementPort }: Registry): string[] {
  return [
    ...jvmFlags(folder, 384),
    '-Dquarkus.http.host=127.0.0.1',
    `-Dquarkus.http.port=${port}`,
    // Left alone, the management interface listens on every address, on a port that a second registry would want too.
    '-Dquarkus.management.host=127.0.0.1',
    `-Dquarkus.management.port=${managementPort}`,
    '-Dquarkus.log.level=WARN',
    '-Dquarkus.http.access-log.enabled=false',
    `-Dapicurio.datasource.url=jdbc:h2:file:${join(folder, 'registry')}`,
    `-Dquarkus.config.locations=${propertiesFile(folder)}`,
    '-jar',
    join(app, 'quarkus-run.jar'),
  ]
}

/** Writes who may come in, to a file that only this user may read. */
export async function writeRegistryProperties({ folder, tlsPort, access }: Registry): Promise<void> {
  const file = propertiesFile(folder)
  // A file that is written over keeps its old mode.
  await rm(file, { force: true })
  await writeFile(file, propertiesText(accessProperties(access, tlsPort)), { mode: 0o600, flag: 'wx' })
}

export function accessProperties({ user, tls }: RegistryAccess, tlsPort: number): Record<string, string> {
  const login = user && {
    // Fixed when the registry was built, says its log; it is Apicurio that looks at it.
    'quarkus.http.auth.basic': 'true',
    'quarkus.security.users.embedded.enabled': 'true',
    'quarkus.security.users.embedded.plain-text': 'true',
    [`quarkus.security.users.embedded.users.${user.name}`]: user.password,
    [`quarkus.security.users.embedded.roles.${user.name}`]: 'sr-admin',
    'quarkus.http.auth.permission.all.paths': '/*',
    'quarkus.http.auth.permission.all.policy': 'authenticated',
  }
  const encrypted = tls && {
    'quarkus.http.ssl-port': String(tlsPort),
    'quarkus.http.ssl.certificate.files': tls.certificateFile,
    'quarkus.http.ssl.certificate.key-files': tls.keyFile,
  }
  return { ...login, ...encrypted }
}

/** Whether the registry answers its Confluent API. */
export async function registryAnswers(url: string, user?: RegistryAccess['user']): Promise<boolean> {
  const login = user && Buffer.from(`${user.name}:${user.password}`).toString('base64')
  try {
    const answer = await fetch(`${url}/subjects`, {
      headers: login === undefined ? {} : { authorization: `Basic ${login}` },
      signal: AbortSignal.timeout(5000),
    })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
