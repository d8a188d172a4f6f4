import { join } from 'node:path'
import { jvmFlags } from './broker.ts'

/** One Apicurio registry on 127.0.0.1, its schemas in an H2 file in its folder. */
export type Registry = {
  readonly app: string
  readonly folder: string
  readonly port: number
  readonly managementPort: number
}

export const registryLog = (folder: string): string => join(folder, 'registry.log')

/** The base of the Confluent API, which is what registry clients take as their host. */
export const registryUrl = (host: string, port: number): string => `http://${host}:${port}/apis/ccompat/v7`

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
    '-jar',
    join(app, 'quarkus-run.jar'),
  ]
}

/** Whether the registry answers its Confluent API. */
export async function registryAnswers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5000) })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
