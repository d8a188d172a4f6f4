import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { parseYamlFile, refuse } from '../../core/yaml-file.ts'

const secret = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
  error: 'expected {env: NAME} or {file: path}; a key is never written here',
})

const schema = z.strictObject({
  sources: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9-]+$/, 'letters, digits and dashes'),
      scope: z.string().min(1).default('shared'),
      /** A folder or a URL that holds manifest.json. */
      feed: z.string().min(1).optional(),
      /** The address of a MISP server. */
      misp: z.url().optional(),
      key: secret.optional(),
    }),
  ),
})

export type IndicatorsEntry = z.infer<typeof schema>['sources'][number]

/** Reads indicators.yaml. Each source is a feed or a MISP server with its key; names are unique, since cursors go by them. */
export function parseIndicatorsFile(file: string, text: string): readonly IndicatorsEntry[] {
  const { value, lineOf } = parseYamlFile(file, text, schema)
  const problems = value.sources.flatMap((source, index) => {
    const say = (cause: string) => [{ file, line: lineOf(['sources', index]), cause: `${source.name}: ${cause}` }]
    if ((source.feed === undefined) === (source.misp === undefined)) return say('needs either feed or misp')
    if (source.misp !== undefined && source.key === undefined) return say('a MISP server needs a key')
    if (value.sources.findIndex(each => each.name === source.name) !== index) return say('the name is taken')
    return []
  })
  if (problems.length > 0) refuse(problems)
  return value.sources.map(source =>
    source.feed === undefined ? source : { ...source, feed: placeOf(file, source.feed) },
  )
}

/** A folder is meant from where the file lies. */
function placeOf(file: string, feed: string): string {
  return /^https?:/.test(feed) ? feed : resolve(dirname(file), feed)
}
