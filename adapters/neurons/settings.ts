import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { messageOf } from '../../core/errors.ts'
import type { AnalyzerEntry, ConfigValue } from './analyzers-file.ts'
import type { ConfigurationItem, NeuronDefinition } from './definition.ts'
import { isSecretName } from './masking.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The configuration that a neuron gets, the secrets in it, and what is wrong, by the key that it is about. */
export type Settings = {
  readonly config: Readonly<Record<string, unknown>>
  readonly secrets: readonly string[]
  readonly problems: readonly { readonly key: string | undefined; readonly cause: string }[]
}

const implicit = (type: 'string' | 'number' | 'boolean', ...names: string[]): ConfigurationItem[] =>
  names.map(name => ({ name, type, multi: false, required: false }))

// What every neuron takes beside its own items (contract section 5.1). jobTimeout and jobCache are left out: here they
// are `timeout` in the file and the dispatcher's own cache.
const implicitItems: readonly ConfigurationItem[] = [
  ...implicit('string', 'proxy_http', 'proxy_https', 'cacerts'),
  ...implicit('boolean', 'check_tlp', 'check_pap', 'auto_extract', 'auto_extract_artifacts'),
  ...implicit('number', 'max_tlp', 'max_pap'),
]

/**
 * The definition's config, then the defaults of its items, then what the file sets. Nulls are skipped, because they
 * would switch a flavour's own TLP guard off. Extraction by cortexutils is off unless it is asked for: its cost grows
 * with the square of the report, and leaving the key out would turn it on.
 */
export async function settingsOf(
  definition: NeuronDefinition,
  given: NonNullable<AnalyzerEntry['config']>,
  place: { readonly file: string; readonly env: Environment },
): Promise<Settings> {
  const problems: { key: string | undefined; cause: string }[] = []
  const secrets = new Set<string>()
  const config: Record<string, unknown> = { auto_extract_artifacts: false }
  for (const [key, value] of Object.entries(definition.config)) if (value !== null) config[key] = value
  const items = new Map([...implicitItems, ...definition.items].map(item => [item.name, item]))
  for (const item of items.values()) {
    const value = typed(item.defaultValue, item)
    if (value !== undefined && !(item.name in config)) config[item.name] = value
  }
  for (const [key, written] of Object.entries(given)) {
    const item = items.get(key)
    if (!item) {
      problems.push({ key, cause: `${definition.id} has no setting ${key}; known are ${[...items.keys()].join(', ')}` })
      continue
    }
    try {
      const read = await resolved(written, place, secrets)
      const value = typed(read, item)
      if (value === undefined) problems.push({ key, cause: `${key} must be ${wanted(item)}` })
      else config[key] = value
    } catch (error) {
      problems.push({ key, cause: `${key}: ${messageOf(error)}` })
    }
  }
  const missing = definition.items.filter(item => item.required && !(item.name in given) && isBlank(config[item.name]))
  if (missing.length > 0) {
    const names = missing.map(item => `${item.name} (${wanted(item)})`)
    problems.push({ key: undefined, cause: `${definition.id} needs config ${names.join(', ')}` })
  }
  for (const [key, value] of Object.entries(config)) if (isSecretName(key)) collect(value, secrets)
  return { config, secrets: [...secrets], problems }
}

async function resolved(
  value: ConfigValue | ConfigValue[],
  place: { readonly file: string; readonly env: Environment },
  secrets: Set<string>,
): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(item => resolved(item, place, secrets)))
  if (typeof value !== 'object') return value
  const secret = 'env' in value ? place.env[value.env] : await contentOf(resolve(dirname(place.file), value.file))
  if (secret === undefined) throw new Error(`the environment variable ${'env' in value ? value.env : ''} is not set`)
  secrets.add(secret)
  return secret
}

async function contentOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
}

/** The value as the item wants it, or undefined. Text is read as a number or boolean, since the environment is text. */
function typed(value: unknown, item: ConfigurationItem): unknown {
  if (!item.multi) return typedOne(value, item.type)
  if (value === undefined) return undefined
  const list = (Array.isArray(value) ? value : [value]).map(entry => typedOne(entry, item.type))
  return list.includes(undefined) ? undefined : list
}

function typedOne(value: unknown, type: ConfigurationItem['type']): unknown {
  if (type === 'string' || type === 'text') return typeof value === 'string' ? value : undefined
  if (typeof value === type) return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  if (type === 'number') return Number.isFinite(Number(value)) ? Number(value) : undefined
  return value === 'true' ? true : value === 'false' ? false : undefined
}

function wanted(item: ConfigurationItem): string {
  const one = item.type === 'boolean' ? 'true or false' : item.type === 'number' ? 'a number' : 'text'
  return item.multi ? `a list, each ${one}` : one
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

function collect(value: unknown, secrets: Set<string>): void {
  if (typeof value === 'string' && value !== '') secrets.add(value)
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item, secrets)
}
