import { z } from 'zod'
import { VigiaError } from '../../core/errors.ts'

/** What MISP sends, as far as it is read here; other keys are let through (core format; restSearch rows and feed files). */

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const uuid = z.string().toLowerCase().regex(uuidPattern, 'is no uuid')
/** Strings of digits over REST, integers in a manifest. */
const digits = z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,15}$/)]).transform(Number)
const flag = z
  .union([z.boolean(), z.literal([0, 1, '0', '1'])])
  .transform(value => value === true || value === 1 || value === '1')
const text = z
  .string()
  .nullish()
  .transform(value => value ?? '')
const tags = z
  .array(z.looseObject({ name: z.string() }))
  .nullish()
  .transform(list => (list ?? []).map(tag => tag.name))
const orgc = z
  .looseObject({ name: text })
  .nullish()
  .transform(value => value?.name ?? '')

export const wireAttribute = z.looseObject({
  uuid,
  type: z.string(),
  value: z.string(),
  timestamp: digits,
  to_ids: flag.default(false),
  deleted: flag.default(false),
  comment: text,
  Tag: tags,
})
export type WireAttribute = z.output<typeof wireAttribute>

/** A row of attributes/restSearch with `includeContext`: the event stands in the row. */
export const wireRow = wireAttribute.extend({
  id: digits,
  Event: z.looseObject({ uuid, info: text, published: flag.default(true), Orgc: orgc, Tag: tags }),
})
export type WireRow = z.output<typeof wireRow>

/** Rows stay unread: one that is broken must not hide the others. */
export const wireRows = z.looseObject({ response: z.looseObject({ Attribute: z.array(z.unknown()) }) })

export const wireEventHeads = z.looseObject({
  response: z.array(z.looseObject({ Event: z.looseObject({ uuid, publish_timestamp: digits }) })),
})

/** `<uuid>.json` of a feed. Attributes stay unread: one that is broken must not hide the others. */
export const wireEvent = z.looseObject({
  Event: z.looseObject({
    uuid,
    info: text,
    published: flag.default(true),
    Orgc: orgc,
    Tag: tags,
    Attribute: z.array(z.unknown()).nullish(),
    Object: z
      .array(z.looseObject({ deleted: flag.default(false), Attribute: z.array(z.unknown()).nullish() }))
      .nullish(),
  }),
})

export const wireManifestEntry = z.looseObject({ timestamp: digits })

/** Checks a reply; throws VIG_REPLY_INVALID that names the fields, never their values. */
export function checked<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new VigiaError('VIG_REPLY_INVALID', `${what}: ${issuesOf(result.error)}`)
}

export function issuesOf(error: z.ZodError): string {
  const issues = error.issues.slice(0, 3).map(issue => `${issue.path.join('.') || '(whole)'}: ${issue.message}`)
  const rest = error.issues.length - issues.length
  return issues.join('; ') + (rest > 0 ? `; and ${rest} more` : '')
}
