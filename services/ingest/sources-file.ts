import { z } from 'zod'
import { paps, tlps } from '../../core/tlp.ts'
import { parseYamlFile, refuse } from '../../core/yaml-file.ts'
import { shippedSet } from './mappings/mapper-set.ts'
import { defaultSettings, type SourceSettings, type Sources } from './source-settings.ts'
import type { Kind } from './sources/kind.ts'

/** Stands in keys before `#`, and divides the tenant from the site at `/`. */
const nameRule = 'expected up to 64 letters, digits, ".", "_" or "-"'
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, nameRule)

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'expected a duration such as 90m, 49h or 2d')
  .transform(text => Number.parseInt(text, 10) * units[text.at(-1) as keyof typeof units])

const tlp = z.enum(tlps)
const pap = z.enum(paps)

const source = z.strictObject({
  kind: z.string(),
  topic: z.string().min(1).optional(),
  tenant: name.optional(),
  site: name.optional(),
  tlp: z
    .strictObject({
      numbering: z.enum(['thehive4', 'thehive5']).optional(),
      default: tlp.optional(),
      map: z.record(z.string(), tlp).optional(),
      least: tlp.optional(),
    })
    .optional(),
  pap: z
    .strictObject({ default: pap.optional(), map: z.record(z.string(), pap).optional(), least: pap.optional() })
    .optional(),
  dedupe: duration.optional(),
})

/** Which kinds there are depends on the mappings that were loaded. */
function fileOf(kinds: readonly Kind[]) {
  const known = source.extend({ kind: z.enum(kinds) })
  const named = z.record(name, known, { error: issue => (issue.code === 'invalid_key' ? nameRule : undefined) })
  return z.strictObject({ sources: named })
}

/**
 * The sources of a `sources.yaml`, whose kinds are those of the mappers. Throws `VIG_FILE_INVALID` with every problem, each with
 * its line, and the known names beside an unknown one.
 */
export function sourcesOf(text: string, path: string, mappers = shippedSet()): Sources {
  const kinds = mappers.all.map(({ mapper }) => mapper.kind)
  const { value, lineOf } = parseYamlFile(path, text, fileOf(kinds))
  const given = Object.entries(value.sources).map(([key, entry]) => settingsOf(key, entry))
  const twice = given.filter(({ topic }, index) => topic && given.findIndex(other => other.topic === topic) < index)
  if (twice.length > 0) {
    refuse(
      twice.map(({ name: key, topic }) => ({
        file: path,
        line: lineOf(['sources', key, 'topic']),
        cause: `sources.${key}.topic: ${topic} is the topic of another source`,
      })),
    )
  }
  return new Map(given.map(settings => [settings.name, settings] as const))
}

function settingsOf(key: string, given: z.output<typeof source>): SourceSettings {
  const base = defaultSettings(key, given.kind)
  return {
    ...base,
    topic: given.topic ?? null,
    tenant: given.tenant ?? base.tenant,
    site: given.site ?? null,
    tlp: { ...base.tlp, ...defined(given.tlp) },
    pap: { ...base.pap, ...defined(given.pap) },
    dedupeMs: given.dedupe ?? base.dedupeMs,
  }
}

/** `undefined` stands for a key that is not there, and must not overwrite a default. */
function defined<T extends object>(given: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
