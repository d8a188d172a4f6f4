import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { createKey } from '../../services/ingest/api/keys.ts'

const place = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The configuration that ships: offline analyzers, playbooks in shadow, warninglists that are marked. */
export function shippedConfig(): Record<string, string> {
  return {
    VIGIA_WARNINGLISTS: place('adapters/neurons/shipped/MispWarninglists/lists'),
    VIGIA_ANALYZERS: place('infra/config/analyzers.yaml'),
    VIGIA_TARGETS: place('infra/config/targets.yaml'),
    VIGIA_PLAYBOOKS: place('services/responder/playbooks'),
  }
}

type Env = Readonly<Record<string, string | undefined>>

/** A first key, which may command, and the secret that the API seals with; both new at each start. Keys and a secret that the environment gives hold too. */
export function freshSecrets(env: Env): {
  readonly key: string
  readonly seal: string
  readonly env: Record<string, string>
} {
  const { key, line } = createKey('first', 'default', 'admin')
  const given = readSettings(env, ['VIGIA_API_KEYS', 'VIGIA_SEAL_SECRET'])
  const seal = given.VIGIA_SEAL_SECRET ?? randomBytes(32).toString('hex')
  const keys = [line, ...(given.VIGIA_API_KEYS?.split('\n') ?? [])].join('\n')
  return { key, seal, env: { VIGIA_API_KEYS: keys, VIGIA_SEAL_SECRET: seal } }
}
