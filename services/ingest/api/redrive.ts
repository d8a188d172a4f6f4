import { z } from 'zod'
import type { Answer } from '../../../adapters/http/route.ts'
import { rawIdOf } from '../../../core/ids.ts'
import type { Producer } from '../../../runtime/producer.ts'
import { topics } from '../../../schemas/catalogue.ts'
import { partsOf } from '../parts.ts'
import { sealHeaders } from '../trust.ts'
import type { ApiKey } from './keys.ts'
import { problem } from './problem.ts'

const redrive = z.strictObject({
  origin: z
    .string()
    .regex(/^alerts\.raw\/\d{1,9}\/\d{1,16}#\d{1,6}$/, 'expected a part of a raw record: alerts.raw/0/12#0'),
  attempt: z.int().min(1).max(1_000_000),
  tenant: z.string().min(1).max(64),
  source: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .nullable(),
  value: z.base64(),
})

/**
 * Puts the bytes of a dead letter on `alerts.raw` again, as they were or edited, sealed with the part that they stand for.
 * Who asks has to be of the tenant that the dead letter was recorded for: that of the key is the one that is sealed. Rejects as `Producer.raw` does.
 */
export async function takeRedrive(producer: Producer, key: ApiKey, body: Buffer, sealSecret: string): Promise<Answer> {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return problem(400, 'The body is not JSON')
  }
  const parsed = redrive.safeParse(value)
  if (!parsed.success) return problem(400, z.prettifyError(parsed.error))
  const { origin, attempt, tenant, source } = parsed.data
  // What a body says of its source is read by ingest alone: a key that is bound to sources cannot be held to them here.
  if (key.sources !== null) return problem(403, 'This key is bound to sources; it may not drive again')
  if (tenant !== key.tenant) return problem(403, 'The dead letter is not of the tenant of this key')
  const bytes = Buffer.from(parsed.data.value, 'base64')
  const parts = partsOf(bytes).length
  if (parts !== 1) return problem(400, `value: holds ${parts} alerts; a dead letter stands for one`)
  const from = { tenant, source, origin: 'accepted', refused: null, redrive: { origin, attempt } } as const
  const { partition, offset } = await producer.raw(bytes, sealHeaders(from, bytes, sealSecret))
  return { status: 202, body: { rawId: rawIdOf(topics.alertsRaw.name, partition, offset) } }
}
