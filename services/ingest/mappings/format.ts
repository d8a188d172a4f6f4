import { z } from 'zod'
import { observableTypes, type Role } from '../../../core/observable/types.ts'
import { severities } from '../../../core/severity.ts'
import { paps, tlps } from '../../../core/tlp.ts'
import { parsePath } from './path.ts'
import { parseSaying } from './said.ts'

/** What stands for more than one type: an address or a name, `MD5=…,SHA256=…`, a text with observables inside, a STIX pattern. */
const wideTypes = ['host', 'digests', 'text', 'stix-pattern'] as const

const roles = ['source', 'target', 'indicator', 'observer', 'mentioned'] as const satisfies readonly Role[]

const path = read(parsePath)
const paths = z.array(path).min(1).max(40)
const sayings = z.array(read(parseSaying)).min(1).max(40)
const severity = z.enum(severities)
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text, a number, true or false' })

/** Paths by their text, each with the text that has to stand there. */
const equals = z.record(z.string(), scalar).transform((given, context) =>
  Object.entries(given).flatMap(([key, value]) => {
    const made = attempt(() => parsePath(key))
    if (made.problem === undefined) return [{ path: made.value, text: String(value) }]
    context.addIssue({ code: 'custom', path: [key], message: made.problem })
    return []
  }),
)

/** One way a document may look; all that is said has to hold. */
const shape = z
  .strictObject({
    all: paths.optional(),
    any: paths.optional(),
    none: paths.optional(),
    equals: equals.optional(),
  })
  .refine(given => given.all !== undefined || given.any !== undefined || given.equals !== undefined, {
    error: 'expected at least one of all, any, equals',
  })

const observable = z
  .strictObject({
    path: path.optional(),
    say: sayings.optional(),
    each: path.optional(),
    type: z.enum([...observableTypes, ...wideTypes]),
    role: z.enum(roles).default('indicator'),
    when: equals.optional(),
  })
  .refine(({ path, say, each }) => (path === undefined ? say !== undefined : say === undefined && each === undefined), {
    error: 'expected a path, or say (with each or without)',
  })

const kind = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a kind is made of a-z, 0-9 and dashes')

/** A mapping file. What is said of each key stands in `docs/source-fields.md`. */
export const mappingFile = z.strictObject({
  kind: kind.describe('the name, as `kind` in sources.yaml says it; it is also the name of a source of its own'),
  what: z.string().min(1).max(200).describe('what sends this, for people'),
  replaces: z.literal(true).optional().describe('`true` where it stands in the place of a mapping that ships'),
  when: z
    .array(shape)
    .min(1)
    .optional()
    .describe(
      'the shapes, one of which a document has: paths that are `all` there, of which `any` or `none` is there, texts that `equals` names. Without it only what is declared to be of this kind is read',
    ),
  suppress: z
    .array(
      z.strictObject({
        when: shape,
        policy: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a policy is made of a-z, 0-9 and dashes'),
        reason: z.string().min(1).max(200),
      }),
    )
    .max(20)
    .optional()
    .describe(
      'what is no alert and kept out, counted under the `policy` with its `reason`: the first whose `when`, a shape as above, the document has',
    ),
  unwrap: path.optional().describe('an object whose fields are looked at before those of the whole document'),
  pairs: path.optional().describe('a text of `key="value"` pairs, whose fields are looked at last'),
  type: z.string().min(1).max(128).default('event').describe('the type of the alert'),
  title: sayings.describe('the first that is there'),
  description: sayings.optional().describe('the first that is there'),
  severity: z
    .strictObject({
      from: paths.optional(),
      table: z.record(z.string(), severity).optional(),
      bands: z
        .array(z.tuple([z.number(), severity]))
        .min(1)
        .optional(),
      default: severity.optional(),
    })
    .optional()
    .describe(
      'the first path of `from` that has a meaning: in the `table` (any case), or in the `bands`, each of which holds from its number on; with neither, a word, 1 to 4, or a score up to 100. `default`, else medium',
    ),
  time: paths
    .optional()
    .describe('when it happened: the first that is an instant (ISO 8601, or an epoch in s, ms, µs or ns)'),
  identity: sayings
    .optional()
    .describe(
      'what a repeat of the alert has in common with it; without it, or where none is there, all that the document says. `a beside b or c` is the field `a` where `b` or `c` is there too; titles and the like may be said so as well',
    ),
  volatile: z
    .array(z.string().min(1))
    .optional()
    .describe('fields that a repeat changes, which is only looked at without an identity'),
  rule: sayings.optional().describe('the name of the rule'),
  ruleIds: paths.optional().describe('all ids of the rule'),
  techniques: paths
    .optional()
    .describe('where ATT&CK techniques stand: `T1059.001`, `attack.t1059.001`; other texts are passed over'),
  references: paths.optional().describe('where the rule is explained'),
  tags: paths.optional().describe('all tags'),
  link: sayings.optional().describe('the alert in the console of its sender'),
  tlp: z
    .strictObject({ from: paths, table: z.record(z.string(), z.enum(tlps)).optional() })
    .optional()
    .describe('the TLP; with a `table` the highest of all values that have a meaning'),
  pap: z
    .strictObject({ from: paths, table: z.record(z.string(), z.enum(paps)).optional() })
    .optional()
    .describe('the PAP, likewise'),
  observables: z
    .array(observable)
    .optional()
    .describe(
      'fields that hold observables: `path`, `type`, `role` (else indicator), and `when` for what has to stand elsewhere. `say` in the place of `path` makes one of several fields (`"{hive}\\\\{key}"`), the first that is there, in each of the objects at `each`. `host` is an address or a name, `digests` are `MD5=…,SHA256=…`, `text` and `stix-pattern` are searched',
    ),
  also: z
    .enum(['walk', 'none'])
    .default('walk')
    .describe('`walk`: every other field is read by its name or searched as a text; `none`: it is not'),
  skip: paths.optional().describe('what `walk` leaves out, with all that is in it'),
})

/** A mapping as it was read, with its paths compiled. */
export type Mapping = z.output<typeof mappingFile>
export type Shape = NonNullable<Mapping['when']>[number]
export type SeverityTable = NonNullable<Mapping['severity']>

function read<Value>(parse: (text: string) => Value) {
  return z.string().transform((text, context): Value => {
    const made = attempt(() => parse(text))
    if (made.problem === undefined) return made.value
    context.addIssue({ code: 'custom', message: made.problem })
    return z.NEVER
  })
}

function attempt<Value>(make: () => Value): { value: Value; problem?: undefined } | { problem: string } {
  try {
    return { value: make() }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
