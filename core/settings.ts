import { z } from 'zod'

/**
 * Every setting there is, by the name of its environment variable. `<NAME>_FILE` gives the same from a file, which is
 * how secrets come in containers. A `VIGIA_` variable that is not here is refused: it is a typo.
 */
export type Setting = {
  readonly schema: z.ZodType
  readonly doc: string
  readonly secret?: true
  readonly of: readonly string[]
}

const port = z.coerce.number().int().min(0).max(65535)
const list = z.string().transform(text =>
  text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== ''),
)
const every = ['every service']
const text = z.string().min(1).optional()

/** The text of a PEM file. A path is the commonest mistake: it belongs into `<NAME>_FILE`. */
const pem = (what: 'CERTIFICATE' | 'PRIVATE KEY') =>
  z
    .string()
    .regex(new RegExp(`-----BEGIN [A-Z ]*${what}-----`), `is no PEM with a ${what}; a path belongs into <name>_FILE`)
    .optional()

function hasNoLogin(url: string): boolean {
  const { username = '', password = '' } = URL.parse(url) ?? {}
  return username === '' && password === ''
}

export const settings = {
  VIGIA_KAFKA_BROKERS: { schema: list, doc: 'Brokers as host:port, comma-separated', of: every },
  VIGIA_KAFKA_TLS: {
    schema: z
      .enum(['true', 'false'])
      .default('false')
      .transform(given => given === 'true'),
    doc: '`true`: the brokers are spoken to over TLS',
    of: every,
  },
  VIGIA_KAFKA_TLS_CA: {
    schema: pem('CERTIFICATE'),
    doc: 'PEM: the CAs that sign the certificates of the brokers; without it, those that Node trusts',
    of: every,
  },
  VIGIA_KAFKA_TLS_CERT: {
    schema: pem('CERTIFICATE'),
    doc: 'PEM: our certificate towards the brokers (mTLS), with its chain',
    of: every,
  },
  VIGIA_KAFKA_TLS_KEY: {
    schema: pem('PRIVATE KEY'),
    doc: 'PEM: the key of that certificate',
    secret: true,
    of: every,
  },
  VIGIA_KAFKA_TLS_KEY_PASSWORD: { schema: text, doc: 'Opens that key, where it is encrypted', secret: true, of: every },
  VIGIA_KAFKA_SASL_MECHANISM: {
    schema: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).optional(),
    doc: 'How we log in at the brokers: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512',
    of: every,
  },
  VIGIA_KAFKA_SASL_USERNAME: { schema: text, doc: 'User name at the brokers', of: every },
  VIGIA_KAFKA_SASL_PASSWORD: { schema: text, doc: 'Password at the brokers', secret: true, of: every },
  VIGIA_REGISTRY_URL: {
    schema: z.url().refine(hasNoLogin, 'holds a login, which VIGIA_REGISTRY_USERNAME and _PASSWORD are for'),
    doc: 'Schema registry (Confluent API)',
    of: every,
  },
  VIGIA_REGISTRY_USERNAME: { schema: text, doc: 'User name at the registry (basic authentication)', of: every },
  VIGIA_REGISTRY_PASSWORD: { schema: text, doc: 'Password at the registry', secret: true, of: every },
  VIGIA_REGISTRY_TLS_CA: {
    schema: pem('CERTIFICATE'),
    doc: 'PEM: the CAs that sign the certificate of the registry; without it, those that Node trusts',
    of: every,
  },
  VIGIA_REGISTRY_TLS_CERT: {
    schema: pem('CERTIFICATE'),
    doc: 'PEM: our certificate towards the registry (mTLS), with its chain',
    of: every,
  },
  VIGIA_REGISTRY_TLS_KEY: {
    schema: pem('PRIVATE KEY'),
    doc: 'PEM: the key of that certificate',
    secret: true,
    of: every,
  },
  VIGIA_REGISTRY_TLS_KEY_PASSWORD: {
    schema: text,
    doc: 'Opens that key, where it is encrypted',
    secret: true,
    of: every,
  },
  VIGIA_PREFIX: {
    schema: z
      .string()
      .regex(/^[a-z0-9.-]*$/)
      .default('vigia.'),
    doc: 'Prefix of all topics and groups',
    of: every,
  },
  VIGIA_SCHEMAS: {
    schema: z.enum(['require', 'register']).default('require'),
    doc: '`register` also registers the schemas, for one machine',
    of: every,
  },
  VIGIA_CLIENT_ID: {
    schema: z.string().min(1).default('vigia'),
    doc: 'Name of this instance towards the brokers',
    of: every,
  },
  VIGIA_SESSION_TIMEOUT_MS: {
    schema: z.coerce.number().int().min(1000).default(30_000),
    doc: 'After this silence the brokers give the partitions to others',
    of: every,
  },
  VIGIA_METRICS_HOST: { schema: z.string().default('127.0.0.1'), doc: 'Where health and metrics listen', of: every },
  VIGIA_METRICS_PORT: { schema: port.default(0), doc: 'Port of health and metrics; 0 takes a free one', of: every },
  VIGIA_LOG_LEVEL: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    doc: 'Least level that is logged',
    of: every,
  },
  VIGIA_API_HOST: { schema: z.string().default('127.0.0.1'), doc: 'Where the HTTP API listens', of: ['ingest'] },
  VIGIA_API_PORT: { schema: port.optional(), doc: 'Port of the HTTP API; without it there is none', of: ['ingest'] },
  VIGIA_API_KEYS: {
    schema: z.string().optional(),
    doc: 'API keys, one line each: name tenant role sha256 [sources=a,b] [rate=50/s] [burst=200]',
    secret: true,
    of: ['ingest'],
  },
  VIGIA_API_KEYS_FILE: {
    schema: z.string().min(1).optional(),
    doc: 'The file of the API keys, which is read again when it changes: what is revoked there is refused from then on',
    of: ['ingest'],
  },
  VIGIA_CONTENT_DIR: {
    schema: z.string().min(1).optional(),
    doc: 'Folder of the files that come with alerts; without it they are described, not kept',
    of: ['ingest'],
  },
  VIGIA_CONTENT_MAX_FILE: {
    schema: z.coerce.number().int().min(1).default(2_000_000),
    doc: 'Bytes that one such file may have',
    of: ['ingest'],
  },
  VIGIA_CONTENT_MAX_TOTAL: {
    schema: z.coerce.number().int().min(1).default(10_737_418_240),
    doc: 'Bytes that they may have together; beyond, 503',
    of: ['ingest'],
  },
  VIGIA_SEAL_SECRET: {
    schema: z.string().min(16).optional(),
    doc: 'Seals the headers that the API puts on raw alerts',
    secret: true,
    of: ['ingest'],
  },
  VIGIA_SOURCES: {
    schema: z.string().optional(),
    doc: 'sources.yaml: tenants and what the numbers of a source mean',
    of: ['ingest'],
  },
  VIGIA_MAPPINGS: {
    schema: z.string().optional(),
    doc: 'Folder of mappings of your own (`*.yaml`, docs/source-fields.md): how a source is read that no mapper knows',
    of: ['ingest'],
  },
  VIGIA_WARNINGLISTS: {
    schema: z.string().optional(),
    doc: 'Folder of MISP warninglists; what they hold is marked and joins nothing',
    of: ['ingest', 'case-builder'],
  },
  VIGIA_OWN_NETWORKS: {
    schema: list.default([]),
    doc: "The organisation's own networks, as CIDR",
    of: ['ingest', 'case-builder'],
  },
  VIGIA_OWN_DOMAINS: {
    schema: list.default([]),
    doc: "The organisation's own domains",
    of: ['ingest', 'case-builder'],
  },
  VIGIA_ANALYZERS: {
    schema: z.string().optional(),
    doc: 'analyzers.yaml: the analyzers that may run',
    of: ['analyzer-dispatcher'],
  },
  VIGIA_NEURONS: {
    schema: list.default([]),
    doc: 'Folders of Cortex neurons beside the two that ship',
    of: ['analyzer-dispatcher'],
  },
  VIGIA_ANALYSES_AT_ONCE: {
    schema: z.coerce.number().int().min(1).default(4),
    doc: 'Neurons that run at the same time in this process',
    of: ['analyzer-dispatcher'],
  },
  VIGIA_INDICATORS: {
    schema: z.string().optional(),
    doc: 'indicators.yaml: MISP servers and feeds to pull from',
    of: ['misp-sync'],
  },
  VIGIA_PULL_EVERY_S: {
    schema: z.coerce.number().positive().default(60),
    doc: 'Seconds between pulls',
    of: ['misp-sync'],
  },
  VIGIA_PLAYBOOKS: { schema: z.string().optional(), doc: 'Folder of playbooks', of: ['responder'] },
  VIGIA_TARGETS: { schema: z.string().optional(), doc: 'targets.yaml: where notices go', of: ['responder'] },
  VIGIA_API_URL: { schema: z.url().optional(), doc: 'The HTTP API, for the command line', of: ['command line'] },
  VIGIA_API_KEY: {
    schema: z.string().optional(),
    doc: 'An API key, for the command line',
    secret: true,
    of: ['command line'],
  },
  VIGIA_MIRROR: {
    schema: z
      .enum(['true', 'false'])
      .default('false')
      .transform(given => given === 'true'),
    doc: '`true`: `up` also starts the mirror, which writes JSON for SIEMs to `ecs`',
    of: ['command line'],
  },
  VIGIA_CACHE: {
    schema: z.string().optional(),
    doc: 'Where the local stack keeps its artifacts',
    of: ['command line'],
  },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings
export type Settings = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> }

/** Who we are towards the brokers and the registry, and whom we trust there. */
export const accessNames = [
  'VIGIA_KAFKA_TLS',
  'VIGIA_KAFKA_TLS_CA',
  'VIGIA_KAFKA_TLS_CERT',
  'VIGIA_KAFKA_TLS_KEY',
  'VIGIA_KAFKA_TLS_KEY_PASSWORD',
  'VIGIA_KAFKA_SASL_MECHANISM',
  'VIGIA_KAFKA_SASL_USERNAME',
  'VIGIA_KAFKA_SASL_PASSWORD',
  'VIGIA_REGISTRY_USERNAME',
  'VIGIA_REGISTRY_PASSWORD',
  'VIGIA_REGISTRY_TLS_CA',
  'VIGIA_REGISTRY_TLS_CERT',
  'VIGIA_REGISTRY_TLS_KEY',
  'VIGIA_REGISTRY_TLS_KEY_PASSWORD',
] as const satisfies readonly SettingName[]

export type AccessSettings = Pick<Settings, (typeof accessNames)[number]>
