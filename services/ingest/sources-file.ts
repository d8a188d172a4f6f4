import { z } from 'zod'
import { paps, tlps } from '../../core/tlp.ts'
import { parseYamlFile, refuse } from '../../core/yaml-file.ts'
import { defaultSettings, defaultSources, type SourceSettings, type Sources } from './source-settings.ts'
import { kinds } from './sources/kind.ts'

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
  kind: z.enum(kinds),
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

const named = z.record(name, source, { error: issue => (issue.code === 'invalid_key' ? nameRule : undefined) })
const file = z.strictObject({ sources: named })

/**
 * The sources of a `sources.yaml`, beside the five default ones that it does not name again. Throws `VIG_FILE_INVALID`
 * with every problem, each with its line, and the known names beside an unknown one.
 */
export function sourcesOf(text: string, path: string): Sources {
  const { value, lineOf } = parseYamlFile(path, text, file)
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
  return new Map([...defaultSources, ...given.map(settings => [settings.name, settings] as const)])
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
